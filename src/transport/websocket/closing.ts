import type { Side } from "./flow.js";

/** Codes that stand for what happened and cannot be sent (RFC 6455, 7.4.1). */
const NO_STATUS = 1005;
export const ABNORMAL = 1006;

/** How long a peer may take to answer a close frame, in milliseconds. */
const ANSWER_MILLISECONDS = 1000;

/** How long a peer may take to read what was sent before a lost connection is cut, in milliseconds. */
const FLUSH_MILLISECONDS = 30_000;

/**
 * Ends one side as the other side ended: same code and reason, after all that was sent before. A connection that was
 * lost is lost here too.
 */
export function closeAs({ socket, connection }: Side, code: number, reason: Buffer | string): void {
  if (socket.readyState === socket.CLOSED) return;
  const cut = (): void => socket.terminate();
  const cutAfter = (milliseconds: number): void => {
    const timer = setTimeout(cut, milliseconds);
    socket.once("close", () => clearTimeout(timer));
  };
  if (!isSendable(code)) {
    connection.destroySoon();
    return cutAfter(FLUSH_MILLISECONDS);
  }
  if (code === NO_STATUS) socket.close();
  else socket.close(code, reason);
  // `ws` cuts after 30 s who does not even read.
  if (connection.writable) connection.write("", () => cutAfter(ANSWER_MILLISECONDS));
  else cutAfter(ANSWER_MILLISECONDS);
}

function isSendable(code: number): boolean {
  if (code === NO_STATUS) return true;
  return (code >= 1000 && code <= 1014 && ![1004, ABNORMAL].includes(code)) || (code >= 3000 && code <= 4999);
}
