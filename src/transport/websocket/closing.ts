import type { Socket } from "node:net";
import type { WebSocket } from "ws";

/** Codes that stand for what happened and cannot be sent (RFC 6455, 7.4.1). */
const NO_STATUS = 1005;
const ABNORMAL = 1006;

/** How long a peer may take to answer a close frame, in milliseconds. */
const CLOSE_MILLISECONDS = 1000;

/**
 * Ends one side as the other side ended: same code and reason; a lost connection is lost.
 *
 * @param connection the one under `target`
 */
export function closeAs(target: WebSocket, connection: Socket, code: number, reason: Buffer | string): void {
  if (target.readyState === target.CLOSED) return;
  if (target.readyState === target.CONNECTING) return target.terminate();
  if (!isSendable(code)) lose(connection);
  else if (code === NO_STATUS) target.close();
  else target.close(code, reason);
  const timer = setTimeout(() => target.terminate(), CLOSE_MILLISECONDS);
  target.once("close", () => clearTimeout(timer));
}

/** Ends a connection without a close frame, but behind all that was written to it. */
export function lose(connection: Socket): void {
  connection.destroySoon();
}

function isSendable(code: number): boolean {
  if (code === NO_STATUS) return true;
  return (code >= 1000 && code <= 1014 && ![1004, ABNORMAL].includes(code)) || (code >= 3000 && code <= 4999);
}
