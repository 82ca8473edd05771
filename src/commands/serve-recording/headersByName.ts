import type { RawHeaders } from "../../protocol/errors.js";
import { headerPairs } from "../../protocol/rawHeaders.js";
import type { Headers } from "../../testing/index.js";

/** Headers that say how the body was written, which is not how it is written now. */
const OF_THE_BODY = /^(content-.*|date|transfer-encoding|connection)$/i;

/** A recorded answer's headers as the simulated upstream takes them. */
export function headersByName(headers: RawHeaders): Headers {
  const named: Record<string, string[]> = {};
  for (const [name, value] of headerPairs(headers)) {
    if (!OF_THE_BODY.test(name)) (named[name] ??= []).push(value);
  }
  return named;
}
