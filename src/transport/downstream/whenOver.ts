import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Calls back once, when a response is over: sent to its end, or its client has left. The latter is noticed while
 * nothing is being written, too, and for a pipelined request whose response has to wait for the one before it (which
 * has no socket yet, and never says `close`).
 */
export function whenOver(request: IncomingMessage, response: ServerResponse, over: () => void): void {
  const { socket } = request;
  let isOver = false;
  const end = (): void => {
    // One `close` leads to the other, and listeners that are removed while an event is emitted are still called.
    if (isOver) return;
    isOver = true;
    socket.off("close", end);
    response.off("close", end);
    over();
  };
  response.on("close", end);
  socket.on("close", end);
}
