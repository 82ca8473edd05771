import { map, mergeMap, pipe, type OperatorFunction } from "rxjs";
import type { ResponseEvent } from "../protocol/event.js";
import { eventsOfResponse } from "../protocol/wholeResponse.js";

/** An upstream's answer to a request that does not stream is no response, or one that is not over. */
export class NoResponse extends Error {
  override readonly name = "NoResponse";
}

/**
 * Turns a response that came whole into the events of a round: what `parseEvents` is for a stream.
 *
 * ```
 * texts   -----x|             x: {"object":"response","output":[r, m], ...}
 *        parseResponse()
 * events  -----(crmt|)        c: response.created; r, m: added and done of an item; t: the terminal
 * ```
 *
 * @returns an operator that errors with {@link NoResponse} for any other text
 */
export function parseResponse(): OperatorFunction<string, ResponseEvent> {
  return pipe(
    map((text) => {
      const events = eventsOfResponse(text);
      if (!events) throw new NoResponse("the upstream's answer is not a response that is over");
      return events;
    }),
    mergeMap((events) => events),
  );
}
