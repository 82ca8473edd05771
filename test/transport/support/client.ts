import { once } from "node:events";
import http, { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";

/** One request, as a client that changes nothing sends it. */
export interface Asking {
  readonly method?: string;
  /** Path and query, sent as they are. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders | readonly string[];
  readonly body?: string | Uint8Array | Readable;
  readonly agent?: http.Agent;
}

/** What the client saw of the answer. */
export interface Seen {
  readonly status: number;
  readonly statusText: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** False when the connection died before the body's end. */
  readonly complete: boolean;
}

/** Sends a request and reads the whole answer. */
export async function ask(base: string, asking: Asking): Promise<Seen> {
  const { response } = await open(base, asking);
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("error", () => {});
  await new Promise((resolve) => response.once("close", resolve));
  const body = Buffer.concat(chunks);
  return { ...headOf(response), body, text: body.toString(), complete: response.complete };
}

/** Sends a request and waits for the answer's head; the caller reads the body, or leaves. */
export async function open(
  base: string,
  asking: Asking,
): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const request = begin(base, asking);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { request, response };
}

/** Sends a request and waits for nothing. */
export function begin(
  base: string,
  { method = "GET", path, headers, body, agent = oneRequestEach }: Asking,
): ClientRequest {
  const { hostname, port } = new URL(base);
  const request = http.request({
    host: hostname,
    port,
    path,
    method,
    agent,
    ...(headers && { headers: headers as OutgoingHttpHeaders }),
  });
  request.on("error", () => {});
  onTestFinished(() => void request.destroy());
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) request.end(body);
  else body.pipe(request);
  return request;
}

const oneRequestEach = new http.Agent({ keepAlive: false });

function headOf(response: IncomingMessage) {
  const { statusCode: status = 0, statusMessage: statusText = "", headers, rawHeaders } = response;
  return { status, statusText, headers, rawHeaders };
}

/** A TCP connection on which a test writes what it likes. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that has been received, one character a byte. */
  readonly received: string;
  write(text: string): void;
  /** Waits until what has been received matches. */
  until(pattern: RegExp): Promise<string>;
  /** Waits until the connection is gone. @returns all that was received */
  closed(): Promise<string>;
}

export async function rawConnection(base: string): Promise<RawConnection> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let received = "";
  socket.on("data", (chunk) => (received += chunk.toString("latin1")));
  socket.on("error", () => {});
  const gone = once(socket, "close");
  await once(socket, "connect");
  return {
    socket,
    get received() {
      return received;
    },
    write: (text) => void socket.write(text, "latin1"),
    async until(pattern) {
      while (!pattern.test(received)) {
        if (socket.closed) throw new Error(`closed after: ${received.slice(0, 500)}`);
        await Promise.race([once(socket, "data"), gone]);
      }
      return received;
    },
    async closed() {
      await gone;
      return received;
    },
  };
}
