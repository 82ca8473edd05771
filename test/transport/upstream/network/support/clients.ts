import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
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
  /** A WebSocket that codexcomp relays. */
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
    webSocket: () => firstMessage(`${base.replace("http", "ws")}/responses`),
    close: () => codexcomp.close(false),
  };
}

/** The first message, or what the refused upgrade was answered with. */
async function firstMessage(url: string): Promise<string> {
  const socket = new WebSocket(url, { ...{ maxHeaderSize: 128 * 1024 } });
  const refused = once(socket, "unexpected-response") as Promise<[unknown, IncomingMessage]>;
  const message = once(socket, "message") as Promise<[Buffer]>;
  try {
    return await Promise.race([
      message.then(([data]) => data.toString()),
      refused.then(([, response]) => text(response)),
    ]);
  } finally {
    socket.on("error", () => {}).terminate();
  }
}
