import type { IncomingMessage } from "node:http";
import type { RawHeaders } from "../protocol/errors.js";
import { headerPairs, headerValues } from "../protocol/rawHeaders.js";

/**
 * Headers that speak of one connection only and end at each hop (RFC 9110, 7.6.1). `expect` is answered by
 * our own server; `host` and `proxy-connection` name this hop.
 */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** True for a request that comes with a body. */
export function hasBody({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Given with an upstream's answer, and sent with the later requests of the same turn. */
export const TURN_STATE = "x-codex-turn-state";

/**
 * The headers that go on to the next hop: lists stay lists, names keep their case.
 *
 * @param drop further names to leave out, in lower case
 */
export function endToEnd(headers: RawHeaders, drop: readonly string[] = []): string[] {
  const listed = headerValues(headers, "connection").flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  const stops = new Set([...listed, ...drop]);
  return headerPairs(headers)
    .filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !stops.has(name.toLowerCase()))
    .flat();
}
