import type { Agent as HttpAgent } from "node:http";
import type { Dispatcher } from "undici";
import type { ProxyOptions } from "../../options.js";
import { upstreamBases } from "../target.js";
import { authorities } from "./authorities.js";
import type { UpstreamClient } from "./client.js";
import { describeNetwork } from "./describe.js";
import { proxyChoice, type Environment } from "./proxyChoice.js";

/**
 * The way to the upstream: which proxy, which certificate authorities, which limits. POST, passthrough and WebSocket
 * all go this way. What speaks to the upstream is loaded when it is asked for first: nobody waits for it at the start.
 */
export interface UpstreamNetwork {
  /** The HTTP client: connections are kept and shared, one request at a time on each. */
  dispatcher(): Promise<Dispatcher>;
  /** An agent for a WebSocket client. @param url of the upstream, with ws, wss, http or https */
  webSocketAgent(url: URL): Promise<HttpAgent>;
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
  const trusted = authorities(caFile, env);
  const description = describeNetwork(upstreamBases(upstream), proxyFor, trusted.files);
  let loading: Promise<UpstreamClient> | undefined;
  const client = (): Promise<UpstreamClient> =>
    (loading ??= import("./client.js").then(({ upstreamClient }) =>
      upstreamClient({ proxyFor, authorities: trusted, timeouts, limits }),
    ));
  return {
    dispatcher: async () => (await client()).dispatcher,
    webSocketAgent: async (url) => (await client()).webSocketAgent(url),
    describe: () => description,
    close: async () => {
      await (await loading)?.close();
    },
  };
}

export type UpstreamNetworkOptions = Pick<
  ProxyOptions,
  "proxy" | "caFile" | "upstream" | "timeouts" | "limits"
>;
