import { Observable, Subject, identity, type MonoTypeOperatorFunction } from "rxjs";
import type { JsonObject, ResponseEvent } from "../protocol/event.js";

/** What a user's operator is told of the turn it works in. */
export interface OperatorContext {
  /** The client's request body; not to be changed. */
  readonly request: JsonObject;
  readonly model: string;
  /** The upstream round that a `round` operator sees; 1 for `response` operators. */
  readonly round: number;
  /** `http`, `websocket`, `bridge`, or `library` where no proxy is involved. */
  readonly transport: string;
  /** Aborted when the turn is over, however it ended. */
  readonly signal: AbortSignal;
  /** Writes to the proxy's log. What it is given must not be content: the log is no place for it. */
  readonly log: (level: "warn" | "info" | "debug", text: string) => void;
}

/** A user's operator. Its function's name is what the log calls it. */
export type CustomOperator = (context: OperatorContext) => MonoTypeOperatorFunction<ResponseEvent>;

/**
 * Puts users' operators into a stream, each so that its failure ends only its own effect.
 *
 * ```
 * source  --a--b--c--|       the operator throws at b
 *        customOperators([shout], context, onFailure)
 * result  --A--b--c--|
 * ```
 *
 * An operator that throws, or whose stream errors by itself, is taken out: the event it failed on and all later ones
 * pass as they are. An operator that completes ends the stream, as `take` does anywhere. The source's own errors reach
 * the operator, and pass on.
 *
 * @param onFailure told of each failed operator; not to throw
 * @returns `identity` for an empty list: a turn without operators pays nothing
 */
export function customOperators(
  operators: readonly CustomOperator[],
  context: OperatorContext,
  onFailure: (name: string, error: unknown) => void,
): MonoTypeOperatorFunction<ResponseEvent> {
  if (operators.length === 0) return identity;
  return (source) =>
    operators.reduce((stream, operator) => stream.pipe(guarded(operator, context, onFailure)), source);
}

function guarded(
  operator: CustomOperator,
  context: OperatorContext,
  onFailure: (name: string, error: unknown) => void,
): MonoTypeOperatorFunction<ResponseEvent> {
  return (source) =>
    new Observable<ResponseEvent>((subscriber) => {
      const input = new Subject<ResponseEvent>();
      let removed = false;
      /** The event the operator is at work on, until something comes out. */
      let current: ResponseEvent | undefined;
      let sourceError: { readonly error: unknown } | undefined;
      let sourceDone = false;

      const remove = (error: unknown): void => {
        if (removed) return;
        removed = true;
        onFailure(operator.name || "anonymous operator", error);
        if (current) subscriber.next(current);
        if (sourceError) subscriber.error(sourceError.error);
        else if (sourceDone) subscriber.complete();
      };
      const output = {
        next: (event: ResponseEvent): void => {
          current = undefined;
          subscriber.next(event);
        },
        error: (error: unknown): void => {
          if (sourceError && error === sourceError.error) subscriber.error(error);
          else remove(error);
        },
        complete: (): void => subscriber.complete(),
      };
      try {
        subscriber.add(operator(context)(input).subscribe(output));
      } catch (error) {
        remove(error);
      }
      subscriber.add(
        source.subscribe({
          next: (event) => {
            if (removed) return subscriber.next(event);
            current = event;
            input.next(event);
            current = undefined;
          },
          error: (error: unknown) => {
            sourceError = { error };
            if (removed) subscriber.error(error);
            else input.error(error);
          },
          complete: () => {
            sourceDone = true;
            if (removed) subscriber.complete();
            else input.complete();
          },
        }),
      );
    });
}
