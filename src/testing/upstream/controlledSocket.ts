import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { UpstreamSocket } from "./upstreamSocket.js";

/** Gives tests a connection. In a file of its own because the kit's users do not have the types of `ws`. */
export function controlledSocket(
  socket: WebSocket,
  request: IncomingMessage,
  tcp: Socket,
  number: number,
): UpstreamSocket {
  const before = tcp.bytesRead;
  return {
    connection: number,
    request,
    compressed: socket.extensions.includes("permessage-deflate"),
    closed: new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    }),
    get bytesReceived() {
      return tcp.bytesRead - before;
    },
    send: (data) => socket.send(data),
    ping: () => socket.ping(),
    async pong() {
      await once(socket, "pong");
    },
    close: (code, reason) => socket.close(code, reason),
    reset: () => tcp.resetAndDestroy(),
  };
}
