import { once } from "node:events";
import { WebSocket } from "ws";
import { DEFAULT_PROXY_OPTIONS, type ProxyOptions } from "../../../../../src/transport/options.js";
import { createProxyServer } from "../../../../../src/transport/proxy.js";
import type { Environment } from "../../../../../src/transport/upstream/network/proxyChoice.js";
import {
  upstreamNetwork,
  type UpstreamNetwork,
} from "../../../../../src/transport/upstream/network/network.js";

/** The three kinds of clients, each doing one exchange; each returns what the upstream said, or the failure. */
export interface Clients {
  readonly network: UpstreamNetwork;
  /** A turn through codexcomp. */
  post(): Promise<string>;
  /** A GET that codexcomp passes through. */
  get(): Promise<string>;
  /** A WebSocket straight through the network's agent. */
  webSocket(): Promise<string>;
  close(): Promise<void>;
}

/** Starts a codexcomp with the settings and variables. */
export async function startClients(settings: Partial<ProxyOptions>, env: Environment = {}): Promise<Clients> {
  const options: ProxyOptions = { ...DEFAULT_PROXY_OPTIONS, port: 0, ...settings };
  const network = upstreamNetwork(options, env);
  const codexcomp = createProxyServer(options, network);
  const base = await codexcomp.listen();
  const body = JSON.stringify({ model: "gpt-5.5", input: [], stream: true });
  const headers = { "content-type": "application/json" };
  return {
    network,
    post: async () => (await fetch(`${base}/responses`, { method: "POST", headers, body })).text(),
    get: async () => (await fetch(`${base}/models`)).text(),
    webSocket: () => firstMessage(new URL(`${options.upstream.replace(/^http/, "ws")}/responses`), network),
    close: () => codexcomp.close(false),
  };
}

async function firstMessage(url: URL, network: UpstreamNetwork): Promise<string> {
  const socket = new WebSocket(url, { agent: network.webSocketAgent(url) });
  try {
    const [data] = (await once(socket, "message")) as [Buffer];
    return data.toString();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    socket.terminate();
  }
}
