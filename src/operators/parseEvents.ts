import { StringDecoder } from "node:string_decoder";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { Observable, type OperatorFunction } from "rxjs";
import { responseEvent, type Framing, type ResponseEvent } from "../protocol/event.js";

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
      // many times faster than a streaming TextDecoder, which goes through ICU
      const decoder = new StringDecoder("utf8");
      const parser = createParser({
        onEvent: (message) => subscriber.next(toEvent(message)),
        onComment: (comment) => subscriber.next(responseEvent(comment, { comment: true })),
      });
      /** Most events are framed as the one before: they share it. */
      let framing: Framing = NO_LINES;
      let started = false;
      let endsInCr = false;

      const toEvent = ({ data, event, id }: EventSourceMessage): ResponseEvent => {
        if (framing.event !== event || framing.id !== id) framing = { event, id };
        return responseEvent(data, framing);
      };

      const feed = (text: string): void => {
        if (text === "") return;
        parser.feed(started ? text : text.replace(/^\uFEFF/, ""));
        started = true;
        endsInCr = text.endsWith("\r");
      };
      /** The parser waits at a CR to see whether an LF follows; at the end none does. */
      const flush = (): void => {
        if (endsInCr) parser.feed("\n");
      };
      return source.subscribe({
        next: (chunk) => feed(decoder.write(chunk)), // text passes as it is
        error: (error: unknown) => {
          flush();
          subscriber.error(error);
        },
        complete: () => {
          flush();
          subscriber.complete();
        },
      });
    });
}

/** An event that had only data: its sink writes no `event:` line either. */
const NO_LINES: Framing = { event: undefined, id: undefined };
