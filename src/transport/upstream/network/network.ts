import type { Agent as HttpAgent } from "node:http";
import { Agent, buildConnector, type Dispatcher } from "undici";
import type { ProxyOptions } from "../../options.js";
import { upstreamBases } from "../target.js";
import { authorities } from "./authorities.js";
import { connector } from "./connector.js";
import { describeNetwork } from "./describe.js";
import { proxyChoice, type Environment } from "./proxyChoice.js";
import { webSocketAgent } from "./webSocketAgent.js";

/**
 * The way to the upstream: which proxy, which certificate authorities, which limits. POST, passthrough and WebSocket
 * all go this way.
 */
export interface UpstreamNetwork {
  /** The HTTP client: connections are kept and shared, one request at a time on each. */
  readonly dispatcher: Dispatcher;
  /** An agent for a WebSocket client. @param url of the upstream, with ws, wss, http or https */
  webSocketAgent(url: URL): HttpAgent;
  /** What is in use, in words and without credentials; `undefined` where it is nothing but the default. */
  describe(): string | undefined;
  /** Cuts what is open. WebSockets are their owners' to close. */
  close(): Promise<void>;
}

/**
 * Reads the settings, the variables and the files, once.
 *
 * @param env the process' variables: `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`, ...
 * @throws {UnusableNetwork} for a proxy URL or a CA file that would be used and cannot be
 */
export function upstreamNetwork(
  { proxy, caFile, upstream, timeouts, limits }: UpstreamNetworkOptions,
  env: Environment,
): UpstreamNetwork {
  const proxyFor = proxyChoice(proxy, env);
  const { secureContext, files } = authorities(caFile, env);
  const description = describeNetwork(upstreamBases(upstream), proxyFor, files);
  const timeout = timeouts.connect * 1000;
  const direct = buildConnector({ timeout, ...(secureContext && { secureContext }) });
  const { connect, close } = connector({ proxyFor, direct, timeout });
  const dispatcher = new Agent({
    connect,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: timeouts.firstByte * 1000,
    bodyTimeout: timeouts.idle * 1000,
    pipelining: 1,
  });
  return {
    dispatcher,
    webSocketAgent: (url) => webSocketAgent(url, connect),
    describe: () => description,
    close: async () => {
      await Promise.all([dispatcher.destroy(), close()]);
    },
  };
}

export type UpstreamNetworkOptions = Pick<
  ProxyOptions,
  "proxy" | "caFile" | "upstream" | "timeouts" | "limits"
>;
