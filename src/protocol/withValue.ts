import { withData, type ResponseEvent } from "./event.js";
import { editJson } from "./jsonText.js";

/**
 * The event with one value of its JSON changed; every other byte of its text stays.
 *
 * ```ts
 * withValue(event, ["response", "model"], "gpt-5.5")
 * ```
 *
 * @param path keys, and indexes of arrays; a last key that is not there is added
 * @param value what JSON can hold; `undefined` takes the member away
 */
export function withValue(
  event: ResponseEvent,
  path: readonly (string | number)[],
  value: unknown,
): ResponseEvent {
  return withData(event, editJson(event.data, [{ path, raw: JSON.stringify(value) as string | undefined }]));
}
