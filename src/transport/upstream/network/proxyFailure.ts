import { UpstreamLost, type LossPhase } from "../../../protocol/errors.js";
import { upstreamLost } from "../failure.js";
import type { UpstreamProxy } from "./proxyUrl.js";

/** The upstream was lost because of the proxy before it; the words say so. */
export function proxyFailure(
  { address, source }: UpstreamProxy,
  what: string,
  phase: LossPhase = "connect",
  options?: ErrorOptions,
): UpstreamLost {
  return new UpstreamLost(`the proxy ${address} (${source}) ${what}`, phase, options);
}

/** The proxy itself could not be reached. */
export function proxyUnreachable(proxy: UpstreamProxy, error: unknown): UpstreamLost {
  const { message, phase } = upstreamLost(error, "connect");
  // Seen from here, the proxy is what lies upstream.
  const why = message.replace("the upstream", "the proxy");
  return proxyFailure(proxy, `cannot be reached: ${why}`, phase, { cause: error });
}
