import { createParser, type EventSourceMessage } from "eventsource-parser";
import { Observable, type OperatorFunction } from "rxjs";
import { responseEvent, type ResponseEvent } from "../protocol/event.js";

/**
 * Turns the bytes of an SSE body into events.
 *
 * ```
 * chunks  --x---y-----z--|      x = "data: {a", y = "}\n\ndata: {b}\n\n", z = ": ping\n"
 *        parseEvents()
 * events  ------(ab)--c--|
 * ```
 *
 * Chunks may split anywhere, inside a UTF-8 character too. Data that is no JSON (`[DONE]`, garbage) and comments
 * become events without a `type`, so that they can leave as they came. An event that the stream's end cut off is
 * no event (WHATWG HTML, 9.2.6) and is dropped, as a client would.
 *
 * @returns an operator that never errors by itself
 */
export function parseEvents(): OperatorFunction<Uint8Array | string, ResponseEvent> {
  return (source) =>
    new Observable<ResponseEvent>((subscriber) => {
      const decoder = new TextDecoder("utf-8");
      const parser = createParser({
        onEvent: (message) => subscriber.next(toEvent(message)),
        onComment: (comment) => subscriber.next(responseEvent(comment, { comment: true })),
      });
      return source.subscribe({
        next: (chunk) =>
          parser.feed(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true })),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

function toEvent({ data, event, id }: EventSourceMessage): ResponseEvent {
  return responseEvent(data, id === undefined ? { event } : { event, id });
}
