import type { Server } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BehaviorSubject, filter, firstValueFrom } from "rxjs";

/** Connections that are on their way in, and must not be lost when a server stops. */
export interface Arrivals {
  /**
   * Resolves when nobody waits to be accepted: who does when the port is closed is reset by the system. Close it at once.
   */
  accepted(): Promise<void>;
  /** Resolves when every connection has had a request. */
  asked(): Promise<unknown>;
}

/** A flood of connections has to be cut somewhere. */
const MOST_TURNS = 10_000;

export function arrivals(server: Server): Arrivals {
  const silent = new Set<Socket>();
  const count = new BehaviorSubject(0);
  let arrived = false;
  const speaks = (socket: Socket): void => {
    if (silent.delete(socket)) count.next(silent.size);
  };
  server.on("connection", (socket: Socket) => {
    arrived = true;
    count.next(silent.add(socket).size);
    socket.once("close", () => speaks(socket));
  });
  server.on("request", ({ socket }) => speaks(socket));
  server.on("upgrade", ({ socket }) => speaks(socket));
  return {
    accepted: async () => {
      // Node accepts one in each turn of its event loop (libuv since 1.45).
      for (let turn = 0; turn < MOST_TURNS; turn++) {
        arrived = false;
        await nextTurn();
        if (!arrived && turn > 0) return;
      }
    },
    asked: () => firstValueFrom(count.pipe(filter((open) => open === 0))),
  };
}
