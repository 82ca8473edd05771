import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";

/** One WebSocket connection, with what a test may want to do to it. */
export interface UpstreamSocket {
  /** The TCP connection's number. */
  readonly connection: number;
  readonly request: IncomingMessage;
  /** True when permessage-deflate was agreed on. */
  readonly compressed: boolean;
  /** How the client, or a fault, closed it; 1006 without a close frame. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Bytes received since the upgrade. */
  readonly bytesReceived: number;
  /** Sends a frame that no script has: text, or bytes as a binary frame. */
  send(data: string | Uint8Array): void;
  /** Sends a ping. */
  ping(): void;
  /** The client's next pong. */
  pong(): Promise<void>;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Resets the TCP connection. */
  reset(): void;
}

export function upstreamSocket(
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
