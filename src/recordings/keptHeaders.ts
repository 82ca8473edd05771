import type { RawHeaders } from "../protocol/errors.js";
import { headerPairs } from "../protocol/rawHeaders.js";
import type { KeptHeaders } from "./format.js";

/**
 * The headers that a recording may keep. A list of what is kept, not of what is left out: a credential under a name
 * that nobody has thought of stays out.
 */
const KEPT = new Set([
  ...["accept", "content-encoding", "content-length", "content-type", "date", "retry-after", "user-agent"],
  ...["openai-beta", "openai-model", "openai-processing-ms", "openai-version", "originator", "version"],
  ...["x-codex-beta-features", "x-models-etag", "x-reasoning-included", "x-stainless-retry-count"],
]);

/** Rate limits, whose values are numbers and times. */
const KEPT_NUMBERS =
  /^x-(codex-(primary|secondary)-(used-percent|window-minutes|reset-at|reset-after-seconds)|ratelimit-(limit|remaining|reset)-(requests|tokens))$/;

/** True for a header that says nothing that must not be kept. */
export function isKeptHeader(name: string, value: string): boolean {
  const key = name.toLowerCase();
  return KEPT.has(key) || (KEPT_NUMBERS.test(key) && /^[\w.:+-]{0,40}$/.test(value));
}

export function keptHeaders(headers: RawHeaders): KeptHeaders {
  return headerPairs(headers).filter(([name, value]) => isKeptHeader(name, value));
}
