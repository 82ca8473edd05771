import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createTcp, type AddressInfo, type Socket } from "node:net";

/** A server that can be told to stop. */
export interface Stub {
  readonly port: number;
  close(): Promise<void>;
}

/** An HTTP proxy that leads every CONNECT to one port of 127.0.0.1, whatever was asked for, and keeps what was asked. */
export async function connectProxy(to: number): Promise<Stub & { readonly heads: readonly string[] }> {
  const heads: string[] = [];
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", ({ url, headers }, socket) => {
    heads.push(`${url} host=${headers.host} ${headers["proxy-authorization"] ?? "without credentials"}`);
    const onward = connect(to, "127.0.0.1", () =>
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n"),
    );
    socket.on("error", () => {}).on("close", () => onward.destroy());
    socket.pipe(onward);
    onward.on("error", () => {}).on("close", () => socket.destroy());
    onward.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: portOf(server), heads, close: () => closed(server, sockets) };
}

/** A server that does with a connection what it is told. `emptied` waits until its clients have closed all of them. */
export async function tcpServer(
  accept: (socket: Socket) => void,
): Promise<Stub & { emptied(): Promise<unknown> }> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket.on("error", () => {}));
    accept(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    emptied: () => Promise.all([...sockets].map((socket) => socket.closed || once(socket, "close"))),
    close: () => closed(server, sockets),
  };
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

async function closed(server: ReturnType<typeof createTcp>, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
}
