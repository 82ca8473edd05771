import { Agent, type Dispatcher } from "undici";
import type { ProxyOptions } from "../options.js";

/** The HTTP client for every upstream: connections are kept and shared, one request at a time on each. */
export function upstreamDispatcher({ timeouts, limits }: ProxyOptions): Dispatcher {
  return new Agent({
    connect: { timeout: timeouts.connect * 1000 },
    maxHeaderSize: limits.headerBytes,
    headersTimeout: timeouts.firstByte * 1000,
    bodyTimeout: timeouts.idle * 1000,
    pipelining: 1,
  });
}
