import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import WebSocket, { type ClientOptions } from "ws";

/** Raw clients: nothing between the test and the bytes. */

type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

export const BODY = {
  model: "gpt-5.5",
  stream: true,
  store: false,
  include: ["reasoning.encrypted_content"],
  input: [{ type: "message", role: "user", content: "how many?" }],
};

export interface Posted {
  readonly status: number;
  readonly response: IncomingMessage;
  /** The body, chunk by chunk. */
  readonly chunks: Buffer[];
  readonly text: string;
  readonly events: Json[];
  /** How the body ended, if not well. */
  readonly error: NodeJS.ErrnoException | undefined;
}

export async function startPost(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ response: IncomingMessage; finish: () => Promise<Posted>; abort: () => void }> {
  const outgoing = request(url, { method: "POST", headers, agent: false });
  outgoing.on("error", () => undefined);
  outgoing.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const finish = async (): Promise<Posted> => {
    const chunks: Buffer[] = [];
    let error: NodeJS.ErrnoException | undefined;
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (thrown) {
      error = thrown as NodeJS.ErrnoException;
    }
    const text = Buffer.concat(chunks).toString();
    return { status: response.statusCode ?? 0, response, chunks, text, events: eventsOf(text), error };
  };
  return { response, finish, abort: () => outgoing.destroy() };
}

export async function post(url: string, body: unknown, headers?: Record<string, string>): Promise<Posted> {
  return (await startPost(url, body, headers)).finish();
}

export function eventsOf(sse: string): Json[] {
  return [...sse.matchAll(/^data: (\{.*\})$/gm)].map(([, json = "{}"]) => JSON.parse(json) as Json);
}

const ENDS = new Set(["response.completed", "response.failed", "response.incomplete", "error"]);

export interface Client {
  readonly socket: WebSocket;
  readonly upgrade: IncomingMessage;
  /** Sends a `response.create` frame. */
  create(fields?: Json): void;
  /** Sends it and returns the events up to its terminal. */
  turn(fields?: Json): Promise<Json[]>;
  /** The next event. */
  next(): Promise<Json>;
  /** Events until one of that type. */
  until(type: string): Promise<Json[]>;
  readonly closed: Promise<number>;
}

export async function connect(url: string, options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(url.replace("http", "ws"), options);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  const arrived: Json[] = [];
  let wake = (): void => undefined;
  socket.on("error", () => undefined);
  socket.on("message", (data) => {
    arrived.push(JSON.parse((data as Buffer).toString()) as Json);
    wake();
  });
  const [[upgrade]] = (await Promise.all([once(socket, "upgrade"), once(socket, "open")])) as [
    [IncomingMessage],
    unknown,
  ];
  const next = async (): Promise<Json> => {
    while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return arrived.shift() as Json;
  };
  const untilAny = async (types: ReadonlySet<string>): Promise<Json[]> => {
    const events = [await next()];
    while (!types.has(events.at(-1)?.["type"] as string)) events.push(await next());
    return events;
  };
  const create = (fields: Json = {}): void =>
    socket.send(JSON.stringify({ type: "response.create", ...BODY, ...fields }));
  return {
    socket,
    upgrade,
    create,
    turn: (fields) => {
      create(fields);
      return untilAny(ENDS);
    },
    next,
    until: (type) => untilAny(new Set([type])),
    closed,
  };
}

/** An upgrade that is refused: its status, headers and body. */
export async function refusedUpgrade(
  url: string,
): Promise<{ status: number; response: IncomingMessage; body: string }> {
  const socket = new WebSocket(url.replace("http", "ws"));
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, response, body };
}
