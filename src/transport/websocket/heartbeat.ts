import type { WebSocket } from "ws";

/** Middleboxes drop connections that are silent for a minute or more. */
const INTERVAL_MILLISECONDS = 30_000;

const OURS = "codexcomp";

/**
 * Pings an idle upstream, so that middleboxes keep the connection while the user thinks.
 *
 * @param relayPong gets the pongs that answer somebody else's pings
 * @returns stops it
 */
export function heartbeat(socket: WebSocket, relayPong: (data: Buffer) => void): () => void {
  const timer = setInterval(() => socket.ping(OURS), INTERVAL_MILLISECONDS);
  timer.unref();
  socket.on("message", () => timer.refresh());
  socket.on("pong", (data) => {
    if (data.toString() !== OURS) relayPong(data);
  });
  return () => clearInterval(timer);
}
