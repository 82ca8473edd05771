import type { RawHeaders } from "../../protocol/errors.js";
import type { Headers } from "../../testing/index.js";

/** Headers that say how the body was written, which is not how it is written now. */
const OF_THE_BODY = /^(content-.*|date|transfer-encoding|connection)$/i;

/** A recorded answer's headers as the simulated upstream takes them. */
export function headersByName(headers: RawHeaders): Headers {
  const named: Record<string, string[]> = {};
  headers.forEach((name, i) => {
    if (i % 2 === 0 && !OF_THE_BODY.test(name)) (named[name] ??= []).push(headers[i + 1] ?? "");
  });
  return named;
}
