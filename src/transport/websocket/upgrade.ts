import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { BehaviorSubject } from "rxjs";
import type { WebSocket, WebSocketServer } from "ws";
import type { RawHeaders } from "../../protocol/errors.js";
import { failureNotice } from "../../reports/notices.js";
import type { ProxyContext } from "../context.js";
import { originForm, whyInadmissible } from "../downstream/guard.js";
import { respondError, respondFailure } from "../downstream/respond.js";
import { endToEnd, hasBody } from "../headers.js";
import type { ProxyOptions } from "../options.js";
import { API_PREFIX, isApiPath, targetOf, type Target } from "../upstream/target.js";
import { bridge } from "./bridge.js";
import { clientOf, type Client } from "./client.js";
import { HANDSHAKE, ignoreUpgrade, isWebSocket, keepPlain, refuse, untilGone } from "./handshake.js";
import { link, type Link, type LinkListener } from "./link.js";
import { notSpoken, respondNotSpoken } from "./notSpoken.js";
import { breachNotice, notSpokenNotice } from "./notices.js";
import { passRefusal } from "./refusal.js";
import { refusedLogins } from "./refusedLogins.js";
import { relay } from "./relay.js";
import { openUpstream } from "./upstreamSocket.js";

/**
 * Serves upgrades. The upstream is asked first, and the client gets its outcome: the handshake with its headers, or
 * the refusal as it was, so that a 401 can refresh the token and a 429 says when to come back. Where it does not speak
 * WebSocket at all, the client is told to POST.
 *
 * @returns the server's `upgrade` listener, and a way to end all connections
 */
export function upgradeServer(context: ProxyContext) {
  const { upstream, reports } = context;
  const { limits } = context.options;
  const refused = refusedLogins();
  const unspoken = notSpoken();
  const clients = new Set<Client>();
  /** Turns that have been asked for on all of them, and handshakes that are under way. */
  const open = new BehaviorSubject(0);
  const opened = (by: number): void => open.next(open.value + by);
  let isRetiring = false;
  const upstreams = new Set<WebSocket>();
  /** Handshakes that the upstream has not answered yet. */
  const asking = new Set<Socket>();
  /** The upstream's handshake headers, for the answer to the client's. */
  const answered = new WeakMap<IncomingMessage, RawHeaders>();
  let loading: Promise<WebSocketServer> | undefined;
  /** Made when it is needed first: nobody waits for the library at the start. */
  const handshakes = (): Promise<WebSocketServer> =>
    (loading ??= import("ws").then(({ WebSocketServer }) => {
      const server = new WebSocketServer({
        noServer: true,
        clientTracking: false,
        autoPong: false,
        maxPayload: limits.frameBytes,
        perMessageDeflate: true,
        handleProtocols: () => false,
      });
      server.on("headers", (lines, request) => {
        const headers = endToEnd(answered.get(request) ?? [], [...HANDSHAKE, "content-length"]);
        for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
      });
      return server;
    }));

  const tellBreaches = (side: "client" | "upstream", socket: WebSocket): void => {
    socket.on("error", (error) => {
      const notice = breachNotice(side, error, limits);
      if (notice) reports.next(notice);
    });
  };

  /** @returns false where the client has left, or what it sent is no handshake; it has been told so */
  const accept = (
    server: WebSocketServer,
    request: IncomingMessage,
    connection: Socket,
    head: Buffer,
    serve: (client: Client) => void,
  ): boolean => {
    let accepted = false;
    keepPlain(request, connection);
    server.handleUpgrade(request, connection, head, (socket) => {
      accepted = true;
      const client = clientOf({ socket, connection }, opened);
      clients.add(client);
      socket.on("close", () => clients.delete(client));
      tellBreaches("client", socket);
      serve(client);
      if (isRetiring) retireOnceAsked(client);
    });
    return accepted;
  };

  const upgrade = async (
    request: IncomingMessage,
    connection: Socket,
    head: Buffer,
    target: Target,
  ): Promise<void> => {
    const isTurns = isTurnPath(originForm(request.url));
    const { fold, upstreamTransport } = context.options;
    const isFolding = fold.mode !== "off";
    if (isTurns && upstreamTransport === "sse") {
      const refusal = refused.find(request.headers.authorization);
      if (refusal) return void refuse(request, connection, (response) => passRefusal(response, refusal));
      const server = await handshakes();
      accept(server, request, connection, head, (client) =>
        bridge(context, client, request, target, refused),
      );
      return;
    }
    const toldToPost = (status: number): void =>
      void refuse(request, connection, (response) => respondNotSpoken(response, status));
    const known = isTurns && isFolding ? unspoken.find(target) : undefined;
    if (known !== undefined) return toldToPost(known);

    const { signal, settle } = untilGone(connection);
    asking.add(connection);
    const opening = openUpstream(request, { upstream, target, limits, signal });
    const [server, outcome] = await Promise.all([handshakes(), opening]).finally(() => {
      asking.delete(connection);
      settle();
    });
    if ("status" in outcome) {
      if (!isTurns || !isFolding || !unspoken.note(target, outcome.status))
        return void refuse(request, connection, (response) => passRefusal(response, outcome));
      outcome.body.destroy();
      reports.next(notSpokenNotice(outcome.status));
      return toldToPost(outcome.status);
    }
    const { socket, headers } = outcome;
    upstreams.add(socket);
    socket.on("close", () => upstreams.delete(socket));
    tellBreaches("upstream", socket);
    answered.set(request, headers);
    const accepted = accept(server, request, connection, head, (client) => {
      if (isTurns && isFolding) relay(context, client, outcome, request.rawHeaders);
      else link(client, outcome, counted(client));
    });
    if (!accepted) socket.terminate();
  };

  return {
    onUpgrade(this: Server, request: IncomingMessage, connection: Socket, head: Buffer): void {
      if (!isWebSocket(request)) return ignoreUpgrade(this, request, connection, head);
      connection.on("error", () => connection.destroy());
      const fail = (error: unknown): void => {
        if (connection.destroyed) return;
        reports.next(failureNotice(request, error));
        void refuse(request, connection, (response) => respondFailure(response, error));
      };
      try {
        const { options } = context;
        const why = whyRefused(request, options);
        if (why) return void refuse(request, connection, (response) => respondError(response, ...why));
        const target = targetOf(originForm(request.url), request.rawHeaders, options.upstream);
        opened(1);
        void upgrade(request, connection, head, target)
          .catch(fail)
          .finally(() => opened(-1));
      } catch (error) {
        fail(error);
      }
    },
    /** Loads what the first upgrade would have to wait for. */
    warmUp: (): Promise<unknown> => handshakes(),
    /** How many WebSockets of clients are open. */
    sockets: (): number => clients.size,
    /** Ends all connections as soon as no turn is open on them; those that come now, after a turn. */
    retire: (): void => {
      isRetiring = true;
      for (const client of clients) client.retire();
    },
    /** How many turns are open, or about to be. */
    open$: open.asObservable(),
    /** Ends all connections; who does not answer in time is cut. */
    close: async (): Promise<void> => {
      for (const connection of asking) connection.destroy();
      for (const client of clients) client.close();
      const sockets = [...[...clients].map(({ socket }) => socket), ...upstreams];
      await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    },
  };
}

/** Passes everything on as it is, and counts turns by how their first and last messages begin. */
function counted({ began, ended }: Client): (link: Link) => LinkListener {
  const begins = (data: Buffer, pattern: RegExp): boolean => pattern.test(data.toString("latin1", 0, 64));
  return ({ toClient, toUpstream }) => {
    let open = 0;
    return {
      fromClient: (data, binary) => {
        if (begins(data, /^\s*{\s*"type"\s*:\s*"response\.create"/)) {
          open++;
          began();
        }
        toUpstream.send(data, binary);
      },
      fromUpstream: (data, binary) => {
        toClient.send(data, binary);
        if (
          open === 0 ||
          !begins(data, /^\s*{\s*"type"\s*:\s*"(response\.(completed|failed|incomplete)|error)"/)
        )
          return;
        open--;
        ended();
      },
    };
  };
}

/** One that comes while the proxy is stopping has come to ask something. */
function retireOnceAsked(client: Client): void {
  client.began();
  client.retire();
  client.socket.once("message", () => client.ended());
}

function whyRefused(
  request: IncomingMessage,
  options: ProxyOptions,
): [number, string, string, string | null] | undefined {
  const inadmissible = whyInadmissible(request, options);
  if (inadmissible) {
    const { status, code, message } = inadmissible;
    return [status, "invalid_request_error", message, code];
  }
  if (hasBody(request))
    return [400, "invalid_request_error", "An upgrade to WebSocket must not have a body.", null];
  if (isApiPath(originForm(request.url))) return undefined;
  const message = `No WebSocket is served here; Codex connects to ${API_PREFIX}/responses.`;
  return [404, "invalid_request_error", message, "not_found"];
}

function isTurnPath(url: string): boolean {
  return url.split("?", 1)[0] === `${API_PREFIX}/responses`;
}
