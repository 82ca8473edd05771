import type { Socket } from "node:net";
import type { WebSocket } from "ws";

/** Bytes waiting to be written to one side at which the other side is paused. */
const HIGH_WATER = 1024 * 1024;

/** Writes to one WebSocket, and pauses whoever feeds it while the peer does not read. */
export interface FlowingSocket {
  send(data: string | Buffer, binary?: boolean): void;
}

/**
 * @param socket the connection under `target`, for its `drain`
 * @param compress whether frames are compressed, where the peer agreed to that. Those that are wait for their turn in
 * a thread, and are lost with a connection that ends meanwhile
 * @param pause called when too much waits to be written
 * @param resume called when it has been written
 */
export function flowingSocket(
  target: WebSocket,
  socket: Socket,
  compress: boolean,
  pause: () => void,
  resume: () => void,
): FlowingSocket {
  let corked = false;
  let paused = false;

  const uncork = (): void => {
    corked = false;
    socket.uncork();
    if (paused || target.bufferedAmount < HIGH_WATER) return;
    paused = true;
    pause();
    socket.once("drain", () => {
      paused = false;
      resume();
    });
  };

  return {
    send: (data, binary = false) => {
      if (target.readyState !== target.OPEN) return;
      // Frames that arrive in one read leave in one write.
      if (!corked) {
        corked = true;
        socket.cork();
        process.nextTick(uncork);
      }
      target.send(data, { binary, compress });
    },
  };
}
