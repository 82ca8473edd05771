import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocketServer, type ServerOptions, type WebSocket } from "ws";

/** A WebSocket server that a test scripts by hand, on any path. */
export interface RawUpstream {
  readonly url: string;
  /** The nth connection's socket, counted from 1; waits for it. */
  socket(n: number): Promise<WebSocket>;
  readonly upgrades: readonly IncomingMessage[];
  readonly connections: ReadonlySet<Socket>;
}

/** @param serve called with each socket before its first message */
export async function rawSockets(
  serve: (socket: WebSocket, upgrade: IncomingMessage) => void = () => {},
  options: ServerOptions = {},
): Promise<RawUpstream> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, ...options });
  const connections = new Set<Socket>();
  const sockets: WebSocket[] = [];
  const upgrades: IncomingMessage[] = [];
  http.on("connection", (tcp: Socket) => {
    connections.add(tcp);
    tcp.on("close", () => connections.delete(tcp));
  });
  server.on("connection", (socket, upgrade) => {
    socket.on("error", () => {});
    upgrades.push(upgrade);
    serve(socket, upgrade);
    sockets.push(socket);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(async () => {
    const closed = once(http, "close");
    http.close();
    for (const tcp of connections) tcp.destroy();
    await closed;
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async socket(n) {
      while (sockets.length < n) await once(server, "connection");
      return sockets[n - 1] as WebSocket;
    },
    upgrades,
    connections,
  };
}

/** The next message of a socket, as text. */
export async function message(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString();
}
