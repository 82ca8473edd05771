import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from "node:net";
import { onTestFinished } from "vitest";

/** An upstream that a test scripts by hand, where the simulated one is too well-behaved. */
export interface Upstream {
  readonly url: string;
  readonly port: number;
  readonly server: Server | TcpServer;
  /** TCP connections so far. */
  readonly connections: readonly Socket[];
}

/** An upstream with a handler of `node:http`. */
export async function httpUpstream(handler: RequestListener): Promise<Upstream> {
  return listening(createServer(handler));
}

/**
 * An upstream that answers with bytes.
 *
 * @param answer called with each request's text once its head and its body have arrived
 * @param speaksFirst true for an upstream that does not wait for a request
 */
export async function rawUpstream(
  answer: (socket: Socket, request: string) => void,
  speaksFirst = false,
): Promise<Upstream> {
  return listening(
    createTcpServer((socket) => {
      let received: Buffer[] = [];
      socket.on("error", () => {});
      if (speaksFirst) answer(socket, "");
      socket.on("data", (chunk) => {
        received.push(chunk);
        if (speaksFirst || !isWhole(received)) return;
        const request = Buffer.concat(received).toString("latin1");
        received = [];
        answer(socket, request);
      });
    }),
  );
}

/** The body of a request to a `node:http` upstream. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether packets are a whole request, whose head came in the first of them. Looks at the ends only: there are megabytes. */
function isWhole(packets: readonly Buffer[]): boolean {
  const [first = "", last = ""] = [packets[0], packets.at(-1)].map((packet) => packet?.toString("latin1"));
  const head = first.indexOf("\r\n\r\n");
  if (head === -1) return false;
  if (/^transfer-encoding: chunked/im.test(first)) return last.endsWith("0\r\n\r\n");
  const length = Number(/^content-length: (\d+)/im.exec(first)?.[1] ?? 0);
  const received = packets.reduce((sum, packet) => sum + packet.length, 0);
  return received >= head + 4 + length;
}

async function listening(server: Server | TcpServer): Promise<Upstream> {
  const connections: Socket[] = [];
  server.on("connection", (socket: Socket) => connections.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of connections) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, server, connections };
}
