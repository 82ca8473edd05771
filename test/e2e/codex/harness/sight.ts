import type { HttpCall, SimulatedUpstream, UpstreamRequest } from "../../../../src/testing/index.js";
import { TOKEN_PATH } from "./login.js";

/** What an upstream saw of a run. */
export interface Sight {
  /** Requests for a response, in order; continuations among them, prewarms not. */
  readonly requests: readonly UpstreamRequest[];
  /** Those that Codex made itself: each is an attempt. */
  readonly attempts: readonly UpstreamRequest[];
  /** Those that the proxy made. */
  readonly continuations: readonly UpstreamRequest[];
  readonly prewarms: number;
  readonly upgrades: readonly HttpCall[];
  /** Token refreshes. */
  readonly refreshes: number;
  /** All bytes that requests for a response took: heads, bodies, frames. */
  readonly bytes: number;
}

export function sight(upstream: SimulatedUpstream): Sight {
  const { requests, prewarms, calls, sockets } = upstream;
  const own = calls.filter(({ url }) => url.split("?")[0]?.endsWith("/responses"));
  return {
    requests: [...requests],
    attempts: requests.filter(({ isContinuation }) => !isContinuation),
    continuations: requests.filter(({ isContinuation }) => isContinuation),
    prewarms: prewarms.length,
    upgrades: own.filter(({ isUpgrade }) => isUpgrade),
    refreshes: calls.filter(({ url }) => url === TOKEN_PATH).length,
    bytes:
      own.reduce((sum, call) => sum + sizeOf(call), 0) +
      sockets.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
  };
}

/** A request's head and body in bytes. */
function sizeOf({ method, url, rawHeaders, body }: HttpCall): number {
  const line = `${method} ${url} HTTP/1.1\r\n`.length;
  const separators = rawHeaders.length * 2; // ": " and CRLF
  return line + rawHeaders.join("").length + separators + 2 + body.length;
}
