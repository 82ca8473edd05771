import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Calls back once, when a response is over: sent to its end, or its client has left. The latter is noticed while
 * nothing is being written, too, and for a pipelined request whose response has to wait for the one before it (which
 * has no socket yet, and never says `close`).
 */
export function whenOver(request: IncomingMessage, response: ServerResponse, over: () => void): void {
  const { socket } = request;
  const once = (): void => {
    socket.off("close", once);
    response.off("close", once);
    over();
  };
  response.on("close", once);
  socket.on("close", once);
}
