import { defer, tap, type MonoTypeOperatorFunction } from "rxjs";
import { isTerminal, type ResponseEvent } from "../protocol/event.js";

/** How a stream ended: by itself (or given up behind its terminal), with an error, or given up before its end. */
export type StreamEnd =
  | { readonly how: "completed" | "left" }
  | { readonly how: "error"; readonly error: unknown };

/** Hears of everything in a stream. It must not throw: that would end the stream. */
export interface EventListener {
  readonly event: (event: ResponseEvent) => void;
  /** Called once. */
  readonly end: (end: StreamEnd) => void;
}

/**
 * Tells a listener of a stream's events and of its end, and changes nothing.
 *
 * ```
 * source  --a--b--t|          t: the terminal
 *        recordEvents(listener)
 * result  --a--b--t|          listener: event a, event b, event t, end completed
 *
 * source  --a--b--t---        given up behind t: the response is complete all the same
 * unsub   ---------!          listener: event a, event b, event t, end completed
 *
 * unsub   -----!              listener: event a, end left
 * ```
 */
export function recordEvents({ event, end }: EventListener): MonoTypeOperatorFunction<ResponseEvent> {
  return (source) =>
    defer(() => {
      let terminated = false;
      return source.pipe(
        tap({
          next: (next) => {
            terminated ||= isTerminal(next);
            event(next);
          },
          complete: () => end({ how: "completed" }),
          error: (error: unknown) => end({ how: "error", error }),
          unsubscribe: () => end({ how: terminated ? "completed" : "left" }),
        }),
      );
    });
}
