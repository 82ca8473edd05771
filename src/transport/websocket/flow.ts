import type { Socket } from "node:net";
import type { WebSocket } from "ws";

/** One end of a WebSocket, and the connection under it. */
export interface Side {
  readonly socket: WebSocket;
  readonly connection: Socket;
}

/** Something that feeds a socket, and can be made to wait. */
export interface Feeder {
  pause(): void;
  resume(): void;
}

/** Writes to one WebSocket, and pauses whoever feeds it while the peer does not read. Drops what comes after its end. */
export interface FlowingSocket {
  send(data: string | Buffer, binary?: boolean): void;
  ping(data: Buffer): void;
  pong(data: Buffer): void;
}

export interface FlowOptions {
  readonly feeder: Feeder;
  /** False sends uncompressed, whatever was negotiated. */
  readonly compress: boolean;
}

/** Bytes waiting to be written to one side at which the other side is paused. */
const HIGH_WATER = 1024 * 1024;

export function flowingSocket(
  { socket, connection }: Side,
  { feeder, compress }: FlowOptions,
): FlowingSocket {
  let corked = false;
  let paused = false;

  const uncork = (): void => {
    corked = false;
    connection.uncork();
  };
  /** Not the connection's `drain`: frames that are still being compressed have not reached it. */
  const written = (): void => {
    if (!paused || socket.bufferedAmount >= HIGH_WATER) return;
    paused = false;
    feeder.resume();
  };
  const write = (bytes: number, send: (sent?: () => void) => void): void => {
    if (socket.readyState !== socket.OPEN) return;
    // Frames that arrive in one read leave in one write.
    if (!corked) {
      corked = true;
      connection.cork();
      process.nextTick(uncork);
    }
    if (socket.bufferedAmount + bytes < HIGH_WATER) return send();
    if (!paused) {
      paused = true;
      feeder.pause();
    }
    send(written);
  };

  return {
    send: (data, binary = false) =>
      write(data.length, (sent) => socket.send(data, { binary, compress }, sent)),
    ping: (data) => write(data.length, (sent) => socket.ping(data, undefined, sent)),
    pong: (data) => write(data.length, (sent) => socket.pong(data, undefined, sent)),
  };
}

/** A feeder with several reasons to wait: it waits while there is any. */
export function sharedFeeder(feeder: Feeder): Feeder {
  let reasons = 0;
  return {
    pause: () => {
      if (++reasons === 1) feeder.pause();
    },
    resume: () => {
      if (--reasons === 0) feeder.resume();
    },
  };
}
