import type { IncomingMessage } from "node:http";

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
