import { once } from "node:events";
import http from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createParser } from "eventsource-parser";
import { WebSocket } from "ws";
import { isTerminal, responseEvent, type JsonObject } from "../../../src/protocol/event.js";

/** What a client saw of one turn. */
export interface View {
  /** Of the response, or of the answer to the upgrade: 101 where it was accepted. */
  readonly status: number;
  readonly contentType: string;
  /** An answer that is no stream of events. */
  readonly body: string;
  /** The events' JSON texts. */
  readonly events: readonly string[];
  /** POST: the body's end, or the connection's; WebSocket: `open` where it goes on, else the close code. */
  readonly end: "complete" | "cut" | "open" | number;
}

/** A turn that is running. */
export interface Running {
  readonly view: Promise<View>;
  /** The client is gone at once, without a word. */
  vanish(): void;
}

/** A client that asks one question after the other. */
export interface Client {
  ask(question: JsonObject): Running;
  close(): void;
}

/** Asks by POST, on a connection of its own each time. */
export function postClient(base: string, headers: http.OutgoingHttpHeaders = {}): Client {
  return clientOfPosts(base, true, headers);
}

/** Asks by POST without a stream. */
export function jsonClient(base: string): Client {
  return clientOfPosts(base, false);
}

function clientOfPosts(base: string, stream: boolean, own: http.OutgoingHttpHeaders = {}): Client {
  const agent = new http.Agent({ keepAlive: false });
  return {
    ask(question) {
      const url = new URL(`${base}/responses`);
      const headers = { ...own, "content-type": "application/json" };
      const request = http.request(url, { method: "POST", agent, headers });
      request.on("error", () => {});
      request.end(JSON.stringify({ ...question, stream }));
      return { view: viewOf(request), vanish: () => void request.destroy() };
    },
    close: () => agent.destroy(),
  };
}

async function viewOf(request: http.ClientRequest): Promise<View> {
  const response = await new Promise<http.IncomingMessage | undefined>((resolve) => {
    request.once("response", resolve);
    request.once("close", () => resolve(undefined));
  });
  if (!response) return { status: 0, contentType: "", body: "", events: [], end: "cut" };
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("error", () => {});
  if (!response.closed) await once(response, "close").catch(() => {});
  const text = Buffer.concat(chunks).toString();
  const contentType = response.headers["content-type"] ?? "";
  // An upstream may call it something else.
  const isStream = contentType.startsWith("text/event-stream") || /^(event|data):/.test(text);
  return {
    status: response.statusCode ?? 0,
    contentType,
    body: isStream ? "" : text,
    events: isStream ? dataOf(text) : [],
    end: response.complete ? "complete" : "cut",
  };
}

function dataOf(sse: string): string[] {
  const texts: string[] = [];
  createParser({ onEvent: ({ data }) => texts.push(data) }).feed(sse);
  return texts;
}

/**
 * Asks over one WebSocket, as long as that lives; goes on from its latest response, as Codex does.
 *
 * @param settled waits until everything that is under way has come
 */
export function socketClient(
  base: string,
  settled: (socket: WebSocket) => Promise<void>,
  headers: Readonly<Record<string, string>> = {},
): Client {
  let socket: WebSocket | undefined;
  let previous: string | undefined;

  const answer = async (question: JsonObject, own: WebSocket): Promise<View> => {
    const events: string[] = [];
    let onClose = (_code: number): void => {};
    const closed = new Promise<number>((resolve) => (onClose = resolve));
    own.once("close", onClose);
    const refused = (): Promise<View> =>
      new Promise((resolve) =>
        own.once("unexpected-response", (request, response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
          response.on("close", () => {
            request.destroy();
            const { statusCode: status = 0, headers } = response;
            resolve({ status, contentType: headers["content-type"] ?? "", body, events, end: "complete" });
          });
        }),
      );
    const opened = (): Promise<"open"> => new Promise((resolve) => own.once("open", () => resolve("open")));
    if (own.readyState === own.CONNECTING) {
      const outcome = await Promise.race([opened(), refused(), closed]);
      if (typeof outcome === "number") return { status: 0, contentType: "", body: "", events, end: outcome };
      if (outcome !== "open") return outcome;
    }
    const over = new Promise<void>((resolve) => {
      own.on("message", (data: Buffer) => {
        events.push(data.toString());
        if (isTerminal(responseEvent(data.toString()))) resolve();
      });
    });
    own.send(
      JSON.stringify({
        type: "response.create",
        ...question,
        ...(previous !== undefined && { previous_response_id: previous }),
      }),
    );
    const code = await Promise.race([over, closed]);
    // What comes behind the terminal, and a close that follows it, belong to what the client sees.
    await settled(own);
    for (let i = 0; i < 10 && own.readyState === own.OPEN; i++) await nextTurn();
    own.removeAllListeners("message");
    own.off("close", onClose);
    const last = events.map((text) => responseEvent(text)).find(isTerminal);
    const id = (last?.json?.["response"] as JsonObject | undefined)?.["id"];
    previous = last?.type === "response.completed" && typeof id === "string" ? id : undefined;
    if (own.readyState !== own.OPEN) previous = undefined;
    const end = typeof code === "number" ? code : ("open" as const);
    return { status: 101, contentType: "", body: "", events, end };
  };

  return {
    ask(question) {
      if (!socket || socket.readyState !== socket.OPEN) {
        previous = undefined;
        socket = new WebSocket(`${base.replace("http", "ws")}/responses`, { headers });
        socket.on("error", () => {});
      }
      const own = socket;
      return { view: answer(question, own), vanish: () => own.terminate() };
    },
    close: () => socket?.terminate(),
  };
}
