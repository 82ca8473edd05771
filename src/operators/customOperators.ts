import type { MonoTypeOperatorFunction } from "rxjs";
import type { JsonObject, ResponseEvent } from "../protocol/event.js";
import { guardOperator } from "./guardOperator.js";

/** What a user's operator is told of the turn it works in. */
export interface OperatorContext {
  /** The client's request body; frozen. Over WebSocket this is the frame, whose `input` may be an increment. */
  readonly request: JsonObject;
  /** The model the request names; `""` where it names none. */
  readonly model: string;
  /** The upstream round that a `round` operator sees; 1 for `response` operators. */
  readonly round: number;
  /** `http`, `json` (a POST that does not stream), `websocket`, `bridge`, or `library` where no proxy is involved. */
  readonly transport: string;
  /** Aborted when the turn is over, however it ended. */
  readonly signal: AbortSignal;
  /** Writes to the proxy's log. What it is given must not be content: the log is no place for it. */
  readonly log: (level: "warn" | "info" | "debug", text: string) => void;
}

/**
 * A user's operator: made anew for every round (or response), so that its state is its own. Its function's name is
 * what the log calls it.
 */
export type CustomOperator = (context: OperatorContext) => MonoTypeOperatorFunction<ResponseEvent>;

/**
 * Puts users' operators into a stream, each so that its failure ends only its own effect.
 *
 * ```
 * source  --a--b--c--|       the operator throws at b
 *        customOperators([shout], () => context, onFailure)
 * result  --A--b--c--|
 * ```
 *
 * An operator that throws, or whose stream errors by itself, is taken out: what went into it and has not come out
 * passes as it was, and so does all that follows. An operator that completes ends the stream, as `take` does anywhere.
 * The source's own errors reach the operator, and pass on.
 *
 * @param contextOf what an operator is told
 * @param onFailure told of each operator that failed; not to throw
 * @returns for an empty list the very stream it is given: a turn without operators pays nothing
 */
export function customOperators(
  operators: readonly CustomOperator[],
  contextOf: (operator: CustomOperator) => OperatorContext,
  onFailure: (operator: CustomOperator, error: unknown) => void,
): MonoTypeOperatorFunction<ResponseEvent> {
  return (source) =>
    operators.reduce(
      (stream, operator) =>
        stream.pipe(
          guardOperator(
            (input) => operator(contextOf(operator))(input),
            (error) => onFailure(operator, error),
          ),
        ),
      source,
    );
}
