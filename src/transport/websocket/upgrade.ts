import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { RawHeaders } from "../../protocol/errors.js";
import type { ProxyContext } from "../context.js";
import { whyForbidden } from "../downstream/guard.js";
import { respondError, respondFailure } from "../downstream/respond.js";
import { endToEnd } from "../headers.js";
import { API_PREFIX, isApiPath, targetOf, type Target } from "../upstream/target.js";
import { bridge } from "./bridge.js";
import { closeAs } from "./closing.js";
import { passRefusal } from "./refusal.js";
import { refusedLogins } from "./refusedLogins.js";
import { relay } from "./relay.js";
import { HANDSHAKE, openUpstream } from "./upstreamSocket.js";

/** Answers of an upstream that does not speak WebSocket here: then the same turns are POSTed to it. */
const NOT_SPOKEN = new Set([404, 405, 426, 501]);

/**
 * Serves upgrades. The upstream is asked first, and the client gets its outcome: the handshake with its headers, or
 * the refusal as it was, so that a 401 can refresh the token and a 429 says when to come back.
 *
 * @returns the `upgrade` listener, and a way to end all connections
 */
export function upgradeServer(context: ProxyContext) {
  const { options } = context;
  const clients = new Map<WebSocket, Socket>();
  const refused = refusedLogins();
  /** The upstream's handshake headers, for the answer to the client's. */
  const answered = new WeakMap<IncomingMessage, { headers: RawHeaders; protocol: string }>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    autoPong: false,
    maxPayload: options.limits.frameBytes,
    // Accepted, for Codex offers it; what goes to a client on the same machine is never worth compressing (flow.ts).
    perMessageDeflate: true,
    handleProtocols: (_, request) => answered.get(request)?.protocol || false,
  });
  server.on("headers", (lines, request) => {
    const headers = endToEnd(answered.get(request)?.headers ?? [], [...HANDSHAKE, "content-length"]);
    for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  });

  const accept = (
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    serve: (client: WebSocket) => void,
  ): void => {
    server.handleUpgrade(request, socket, head, (client) => {
      clients.set(client, socket);
      client.on("close", () => clients.delete(client));
      serve(client);
    });
  };

  const upgrade = async (
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    target: Target,
  ): Promise<void> => {
    const turns = isTurnPath(request.url ?? "") && options.fold.mode !== "off";
    const bridged = (): void => {
      const refusal = refused.find(request.headers.authorization);
      if (refusal) return void refuse(request, socket, (response) => passRefusal(response, refusal));
      accept(request, socket, head, (client) => bridge(context, client, socket, request, target, refused));
    };
    if (turns && options.upstreamTransport === "sse") return bridged();

    const gone = new AbortController();
    const onGone = (): void => gone.abort();
    socket.once("close", onGone);
    const agent = context.upstream.webSocketAgent(new URL(target.origin));
    const upstream = await openUpstream(target, request, options, agent, gone.signal);
    socket.off("close", onGone);
    if ("status" in upstream) {
      if (turns && NOT_SPOKEN.has(upstream.status)) {
        upstream.body.resume();
        return bridged();
      }
      return refuse(request, socket, (response) => passRefusal(response, upstream));
    }
    if (socket.destroyed) return upstream.socket.terminate();
    answered.set(request, { headers: upstream.headers, protocol: upstream.socket.protocol });
    accept(request, socket, head, (client) => relay(context, client, socket, upstream, turns));
  };

  return {
    onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer): void => {
      socket.on("error", () => socket.destroy());
      const fail = (error: unknown): void =>
        void refuse(request, socket, (response) => respondFailure(response, error));
      try {
        const why = whyRefused(request, options.host);
        if (why) return void refuse(request, socket, (response) => respondError(response, ...why));
        const target = targetOf(request.url ?? "/", request.rawHeaders, options.upstream);
        upgrade(request, socket, head, target).catch(fail);
      } catch (error) {
        fail(error);
      }
    },
    /** Ends all connections; who does not answer in time is cut. */
    close: (): void => {
      for (const [client, socket] of clients) closeAs(client, socket, 1001, "codexcomp is stopping");
    },
  };
}

function whyRefused(request: IncomingMessage, host: string): [number, string, string, string] | undefined {
  const forbidden = whyForbidden(request, host);
  if (forbidden) return [403, "invalid_request_error", forbidden, "forbidden"];
  if (isApiPath(request.url ?? "/")) return undefined;
  return [
    404,
    "invalid_request_error",
    `No WebSocket is served here; Codex connects to ${API_PREFIX}/responses.`,
    "not_found",
  ];
}

function isTurnPath(url: string): boolean {
  return url.split("?", 1)[0] === `${API_PREFIX}/responses`;
}

/** Answers an upgrade request as the plain HTTP request that it also is. */
async function refuse(
  request: IncomingMessage,
  socket: Socket,
  answer: (response: ServerResponse) => void | Promise<void>,
): Promise<void> {
  if (socket.destroyed) return;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  try {
    await answer(response);
  } catch {
    socket.destroy();
  }
}
