import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import type { JsonObject } from "../../../../src/protocol/event.js";

export interface Connecting extends ClientOptions {
  /** Path and query behind the base URL. Default `/responses`. */
  readonly path?: string;
  readonly protocols?: string[];
}

/** One WebSocket, as a client that keeps what it received exactly as it was. */
export interface Client {
  readonly socket: WebSocket;
  readonly tcp: Socket;
  /** The 101. */
  readonly upgrade: IncomingMessage;
  /** All text messages so far. */
  readonly received: readonly string[];
  /** Sends a text as it is, or an object as JSON. */
  send(frame: string | JsonObject): void;
  /** The next text message. */
  next(): Promise<string>;
  /** The next messages, up to the first of one of these types. */
  until(...types: string[]): Promise<string[]>;
  /** Sends a frame and returns the messages up to a terminal. */
  turn(frame: string | JsonObject): Promise<string[]>;
  /** How it ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

const TERMINALS = ["response.completed", "response.failed", "response.incomplete", "error"];

/** Connects to a base URL that ends in `/v1`. The connection ends with the test. */
export async function connect(base: string, options: Connecting = {}): Promise<Client> {
  const { path = "/responses", protocols = [], ...rest } = options;
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}${path}`, protocols, rest);
  onTestFinished(() => socket.terminate());
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  const received: string[] = [];
  let read = 0;
  let wake = (): void => {};
  socket.on("message", (data, binary) => {
    if (binary) return;
    received.push((data as Buffer).toString());
    wake();
  });
  const upgraded = once(socket, "upgrade") as Promise<[IncomingMessage]>;
  await Promise.all([upgraded, once(socket, "open")]);
  socket.on("error", () => {});
  const [upgrade] = await upgraded;

  const next = async (): Promise<string> => {
    while (read === received.length) {
      const arrived = new Promise<void>((resolve) => (wake = resolve));
      const over = await Promise.race([arrived, closed]);
      if (over && read === received.length)
        throw new Error(`closed with ${over.code} after ${read} messages`);
    }
    return received[read++] ?? "";
  };
  const until = async (...types: string[]): Promise<string[]> => {
    const texts: string[] = [];
    do texts.push(await next());
    while (!types.includes(typeOf(texts.at(-1) ?? "")));
    return texts;
  };
  const send = (frame: string | JsonObject): void =>
    socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));

  return {
    ...{ socket, upgrade, received, send, next, until, closed },
    tcp: upgrade.socket,
    turn: (frame) => {
      send(frame);
      return until(...TERMINALS);
    },
  };
}

/** An upgrade that is refused: what the client sees of the answer. */
export async function refused(
  base: string,
  options: Connecting = {},
): Promise<{ readonly status: number; readonly response: IncomingMessage; readonly body: Buffer }> {
  const { path = "/responses", protocols = [], ...rest } = options;
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}${path}`, protocols, rest);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, response, body: Buffer.concat(chunks) };
}

export function typeOf(text: string): string {
  // Nearly always first, and some tests send megabytes.
  return /^\{"type":"([\w.]+)"/.exec(text)?.[1] ?? String(parsed(text)["type"]);
}

export function parsed(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
