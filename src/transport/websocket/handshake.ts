import { ServerResponse, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { isLoopback } from "../downstream/guard.js";

/** Headers of a handshake that belong to one connection, and that `ws` reads and writes on each side for itself. */
export const HANDSHAKE = [
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
  "sec-websocket-accept",
];

/** True for a handshake; there are other upgrades (`h2c`), which a server may ignore (RFC 9110, 7.8). */
export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Answers an upgrade request as the plain HTTP request that it also is. Never rejects. */
export async function refuse(
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
    // Not `destroySoon`: of an upgrade with a body Node 26 gives another stream than the connection.
    socket.end(() => socket.destroy());
  });
  try {
    await answer(response);
  } catch {
    socket.destroy();
  }
}

const OF_THE_UPGRADE = /^(upgrade|connection|http2-settings)$/i;

/**
 * Serves a request as if it had not offered an upgrade: some clients (Java's) offer h2c with every request. By the time
 * Node says that there is one, it has stopped reading the request; so the server gets it once more, rewritten.
 */
export function ignoreUpgrade(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value] = rawHeaders.slice(i, i + 2);
    if (!OF_THE_UPGRADE.test(name)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from([...lines, "", ""].join("\r\n"), "latin1"), head]));
  server.emit("connection", socket);
}

/**
 * Takes the offer of compression out of the handshake of a client on the same machine, before `ws` accepts it: there a
 * frame costs more to inflate than to send, and each connection 60 KB (measured). What the client offered still decides
 * whether the upstream is offered it.
 */
export function keepPlain(
  { headers }: Pick<IncomingMessage, "headers">,
  { remoteAddress = "" }: Pick<Socket, "remoteAddress">,
): void {
  // Of a socket that listens to both, IPv4 is written as IPv6.
  if (isLoopback(remoteAddress.replace(/^::ffff:(?=\d+\.)/, ""))) delete headers["sec-websocket-extensions"];
}

/** Tells when a client leaves before it has been answered. One that only ends its side will not read on either. */
export function untilGone(connection: Socket): { readonly signal: AbortSignal; readonly settle: () => void } {
  const gone = new AbortController();
  const onEnd = (): void => void connection.destroy();
  const onClose = (): void => gone.abort();
  connection.on("end", onEnd).on("close", onClose);
  return {
    signal: gone.signal,
    settle: () => void connection.off("end", onEnd).off("close", onClose),
  };
}
