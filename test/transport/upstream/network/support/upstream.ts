import { once } from "node:events";
import { createServer as createPlain, type RequestListener, type Server } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { PrivateAuthority } from "./certificates.js";

/** An upstream that tells each client where it came from: over POST, GET and WebSocket. */
export interface TellingUpstream {
  readonly port: number;
  /** `https://localhost:PORT/v1`, or with http. */
  readonly base: string;
  close(): Promise<void>;
}

/**
 * @param tls its certificate; without one it speaks plain HTTP
 * @param listener answers requests in another way
 * @param handshakeHeaders more lines for the 101
 */
export async function tellingUpstream(
  tls?: PrivateAuthority["server"],
  listener: RequestListener = answerWithAddress,
  handshakeHeaders: readonly string[] = [],
): Promise<TellingUpstream> {
  const server: Server = tls ? createSecure(tls, listener) : createPlain(listener);
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => socket.send(request.socket.remoteAddress ?? ""));
  sockets.on("headers", (lines) => lines.push(...handshakeHeaders));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    base: `${tls ? "https" : "http"}://localhost:${port}/v1`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const answerWithAddress: RequestListener = (request, response) => {
  const from = request.socket.remoteAddress;
  if (request.method !== "POST") return void response.end(JSON.stringify({ from }));
  response.writeHead(200, { "content-type": "text/event-stream" });
  const terminal = {
    type: "response.completed",
    response: { id: "resp_1", status: "completed", output: [], from },
  };
  response.end(`event: response.completed\ndata: ${JSON.stringify(terminal)}\n\n`);
};
