import { InvalidRequest, type RawHeaders } from "../../protocol/errors.js";
import { header } from "../../protocol/rawHeaders.js";

/** Where a request goes: undici's and Node's words for the two halves of a URL. */
export interface Target {
  readonly origin: string;
  /** Path and query, exactly as they will be sent. */
  readonly path: string;
}

const CHATGPT = "https://chatgpt.com/backend-api/codex";
const PLATFORM = "https://api.openai.com/v1";

/** Our own prefix; what follows it maps one to one to the upstream. */
export const API_PREFIX = "/v1";

/**
 * Maps a request to its upstream. Nothing is decoded or resolved: percent-encoding and queries go out as they came.
 *
 * @param url the request line's target, beginning with {@link API_PREFIX}
 * @param upstream a base URL, or `auto`: ChatGPT logins carry a `chatgpt-account-id`, API keys do not (seen)
 * @throws {InvalidRequest} for dot segments, which some upstreams would resolve to another path
 */
export function targetOf(url: string, headers: RawHeaders, upstream: string): Target {
  const [path = ""] = url.split("?", 1);
  if (path.split(/[/\\]/).some(isDotSegment))
    throw new InvalidRequest("The path must not contain dot segments.");
  const base = new URL(upstream === "auto" ? autoBase(headers) : upstream);
  return { origin: base.origin, path: base.pathname.replace(/\/$/, "") + url.slice(API_PREFIX.length) };
}

/** True if a request line's target lies under {@link API_PREFIX}. */
export function isApiPath(url: string): boolean {
  return url === API_PREFIX || url.startsWith(`${API_PREFIX}/`) || url.startsWith(`${API_PREFIX}?`);
}

/** The base URLs that {@link targetOf} may choose from. */
export function upstreamBases(upstream: string): URL[] {
  return (upstream === "auto" ? [CHATGPT, PLATFORM] : [upstream]).map((base) => new URL(base));
}

function autoBase(headers: RawHeaders): string {
  return header(headers, "chatgpt-account-id") === undefined ? PLATFORM : CHATGPT;
}

/** `.` and `..`, also written with `%2e`, and behind `\`, as URL parsers understand them (WHATWG URL, "dot segments"). */
function isDotSegment(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}
