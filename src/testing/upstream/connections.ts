import type { Socket } from "node:net";

/** The TCP connections of a server. */
export interface Connections {
  /** A connection was accepted. */
  add(socket: Socket): void;
  /** A connection's number, counted from 1 in the order in which they are asked for. */
  numberOf(socket: Socket): number;
  readonly total: number;
  readonly open: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  destroyAll(): void;
}

export function tcpConnections(): Connections {
  const numbers = new WeakMap<Socket, number>();
  const open = new Set<Socket>();
  const gone = { sockets: 0, received: 0, sent: 0 };
  let numbered = 0;
  const sum = (start: number, count: (socket: Socket) => number): number =>
    [...open].reduce((total, socket) => total + count(socket), start);

  return {
    add(socket) {
      open.add(socket);
      socket.once("close", () => {
        open.delete(socket);
        gone.sockets++;
        gone.received += socket.bytesRead;
        gone.sent += socket.bytesWritten;
      });
    },
    numberOf(socket) {
      const number = numbers.get(socket) ?? ++numbered;
      numbers.set(socket, number);
      return number;
    },
    get total() {
      return gone.sockets + open.size;
    },
    get open() {
      return open.size;
    },
    get bytesReceived() {
      return sum(gone.received, (socket) => socket.bytesRead);
    },
    get bytesSent() {
      return sum(gone.sent, (socket) => socket.bytesWritten);
    },
    destroyAll() {
      for (const socket of open) socket.destroy();
    },
  };
}
