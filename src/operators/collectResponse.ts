import { defer, filter, map, take, type OperatorFunction } from "rxjs";
import { isItemDone, type ResponseEvent } from "../protocol/event.js";
import { responseOfEvents } from "../protocol/wholeResponse.js";

/**
 * Makes one JSON text of a response's events again: the response in its terminal, with the items that are done. What
 * `parseResponse` made passes through the two of them as the very text it was.
 *
 * ```
 * events  --c--r--m--t|       c: response.created; t: the terminal
 *        collectResponse()
 * texts   -----------(x|)     x: {"object":"response","output":[r, m], ...}
 * ```
 *
 * @returns an operator that passes errors on, and emits nothing for a stream without a terminal
 */
export function collectResponse(): OperatorFunction<ResponseEvent, string> {
  return (source) =>
    defer(() => {
      const done: ResponseEvent[] = [];
      return source.pipe(
        map((event) => {
          if (isItemDone(event)) done.push(event);
          return responseOfEvents(done, event);
        }),
        filter((text) => text !== undefined),
        take(1),
      );
    });
}
