import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { apiError, isDelivery, isReply } from "./answer.js";
import { persistentConversations } from "./conversations.js";
import type { UpstreamFrame } from "./frames.js";
import { httpSide } from "./httpSide.js";
import { newJournal, type HttpCall } from "./journal.js";
import type { SimulatedUpstreamOptions } from "./options.js";
import { promptCache } from "./promptCache.js";
import type { UpstreamRequest } from "./request.js";
import type { Upstream } from "./respond.js";
import type { UpstreamSocket } from "./upstreamSocket.js";
import { websocketSide } from "./websocketSide.js";

/** A running simulated upstream. */
export interface SimulatedUpstream {
  /** `http://127.0.0.1:port`, or `https://`. Every path prefix works: `/v1`, `/backend-api/codex`, ... */
  readonly url: string;
  readonly port: number;
  /** Requests for a response so far, without prewarms. */
  readonly requests: readonly UpstreamRequest[];
  /** The nth of them, counted from 1; waits for it. */
  request(n: number): Promise<UpstreamRequest>;
  /** `generate: false` frames so far. */
  readonly prewarms: readonly UpstreamRequest[];
  /** All HTTP requests, upgrades among them. */
  readonly calls: readonly HttpCall[];
  /** The nth of them, counted from 1; waits for it. */
  call(n: number): Promise<HttpCall>;
  /** All frames of all clients. */
  readonly frames: readonly UpstreamFrame[];
  /** The nth of them, counted from 1; waits for it. */
  frame(n: number): Promise<UpstreamFrame>;
  /** WebSocket connections, in order of their upgrades. */
  readonly sockets: readonly UpstreamSocket[];
  /** The nth of them, counted from 1; waits for it. */
  socket(n: number): Promise<UpstreamSocket>;
  /** TCP connections so far, and how many are open. */
  readonly connections: { readonly total: number; readonly open: number };
  /** All that came in over all connections, headers and framing included. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts an upstream on a loopback port that speaks the Responses API as the real one does: `POST .../responses` as
 * SSE, the WebSocket upgrade, `GET .../responses/{id}`, `GET .../models`. It refuses what the real one refuses.
 *
 * It counts what a prompt cache would hold: the items at the beginning of a conversation that an earlier request with the
 * same `prompt_cache_key` brought unchanged are its `cachedItems`, and `cached_tokens` in the usage that is reported.
 *
 * Reasoning items have `encrypted_content` only if the request's `include` asks for it, as always.
 */
export async function simulatedUpstream(options: SimulatedUpstreamOptions): Promise<SimulatedUpstream> {
  const journal = newJournal();
  const { requests, prewarms, calls, frames, sockets, connections } = journal;
  const stored = persistentConversations();
  const upstream: Upstream = {
    answer: asking(options),
    refusePrewarm: (request) => options.prewarm?.(request),
    itemFields: (request) => options.itemFields?.(request),
    seed: options.seed ?? "",
    issued: new Map(),
    promptCache: promptCache(),
  };

  const server = options.tls ? createTlsServer(options.tls) : createServer();
  // Node's 5 s would close idle connections in a slow test's face, just as the next request is on its way.
  server.keepAliveTimeout = 60_000;
  server.on("connection", connections.add);
  server.on(options.tls ? "secureConnection" : "connection", connections.numberOf);
  server.on("request", httpSide(options, upstream, stored, journal));
  server.on("upgrade", websocketSide(options, upstream, stored, journal));
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    ...{ requests: requests.all, request: requests.nth },
    prewarms: prewarms.all,
    ...{ calls: calls.all, call: calls.nth },
    ...{ frames: frames.all, frame: frames.nth },
    ...{ sockets: sockets.all, socket: sockets.nth },
    get connections() {
      return { total: connections.total, open: connections.open };
    },
    get bytesReceived() {
      return connections.bytesReceived;
    },
    get bytesSent() {
      return connections.bytesSent;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      connections.destroyAll();
      await closed;
    },
  };
}

/** The script as a function; defaults for delivery filled in. */
function asking({ script, delivery }: SimulatedUpstreamOptions): Upstream["answer"] {
  let next = 0;
  return async (request) => {
    const answer = typeof script === "function" ? await script(request) : script[next++];
    if (!answer) {
      const message = `The script has no answer for request ${request.number}.`;
      return apiError(500, { message, code: "script_exhausted" });
    }
    if (isReply(answer)) return answer;
    return { ...delivery, ...(isDelivery(answer) ? answer : { events: answer }) };
  };
}
