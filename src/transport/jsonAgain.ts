import type { JsonObject } from "../protocol/event.js";
import { readRequest } from "../protocol/request.js";

/**
 * The JSON of a request whose text is kept for as long as its response takes. It takes as much memory again, and is
 * rarely wanted once the request is on its way: so it is not kept, and read again where it is asked for too late.
 *
 * @param first as it has just been read
 * @param text what it has been read from
 * @returns gives the JSON
 */
export function jsonAgain(first: JsonObject, text: () => string): () => JsonObject {
  let held = new WeakRef(first);
  return () => {
    const json = held.deref() ?? readRequest(text()).json;
    held = new WeakRef(json);
    return json;
  };
}
