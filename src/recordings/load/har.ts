import type { RawHeaders } from "../../protocol/errors.js";
import {
  asObject,
  isTerminal,
  parseJsonObject,
  responseEvent,
  type JsonObject,
} from "../../protocol/event.js";
import { UnreadableRecording, type RecordedEvent, type RecordedRound, type Recording } from "../recording.js";
import { keptHeaders } from "../keptHeaders.js";
import { madeUpRequest } from "./madeUpRequest.js";
import { readStream } from "./stream.js";

/**
 * Reads an HTTP archive (HAR 1.2) as what a browser, or a debugging proxy, keeps: POSTs of responses with their SSE
 * bodies, and WebSocket messages where they were kept (`_webSocketMessages`, as Chromium writes them).
 *
 * A request that ends with a nudge is the next round of the turn before it.
 *
 * @throws {UnreadableRecording} for what is no HAR, or has no response in it
 */
export function readHar(text: string, name: string): Recording[] {
  const log = asObject(parseJsonObject(text)?.["log"]);
  if (!log) throw new UnreadableRecording(`${name}: not a HAR file`);
  const exchanges = objects(log["entries"]).flatMap(exchangesOf);
  if (exchanges.length === 0)
    throw new UnreadableRecording(`${name}: no response of the Responses API in it`);
  return turnsOf(exchanges).map((turn, index) => recordingOf(turn, `${name}#${index + 1}`));
}

/** One request and its answer. */
interface Exchange {
  readonly request: JsonObject | undefined;
  readonly text: string;
  readonly round: RecordedRound;
}

function turnsOf(exchanges: readonly Exchange[]): Exchange[][] {
  const turns: Exchange[][] = [];
  for (const exchange of exchanges) {
    const turn = turns.at(-1);
    if (turn && isContinuation(exchange.request)) turn.push(exchange);
    else turns.push([exchange]);
  }
  return turns;
}

function isContinuation(request: JsonObject | undefined): boolean {
  const input = request?.["input"];
  const last = asObject(Array.isArray(input) ? input.at(-1) : undefined);
  return last?.["role"] === "assistant" && last["phase"] === "commentary";
}

function recordingOf(turn: readonly Exchange[], name: string): Recording {
  const rounds = turn.map(({ round }) => round);
  const [first] = turn;
  return {
    name,
    source: "har",
    request: first?.request ? first.text : madeUpRequest(rounds[0]),
    turn: undefined,
    fold: {},
    rounds,
    client: undefined,
    missing: [],
  };
}

function exchangesOf(entry: JsonObject): Exchange[] {
  const request = asObject(entry["request"]);
  const path = String(request?.["url"]).split("?", 1)[0] ?? "";
  if (!path.endsWith("/responses")) return [];
  const messages = objects(entry["_webSocketMessages"]);
  if (messages.length > 0) return ofMessages(messages);
  if (request?.["method"] !== "POST") return [];

  const response = asObject(entry["response"]);
  const status = Number(response?.["status"]) || 0;
  const headers = keptHeaders(objects(response?.["headers"]).flatMap(nameAndValue)).flat();
  const text = String(asObject(request["postData"])?.["text"] ?? "");
  const asked = { request: parseJsonObject(text), text };
  const body = contentOf(asObject(response?.["content"]));
  const head = { status, headers };
  if (status >= 200 && status < 300) return [{ ...asked, round: { ...readStream(body), head } }];
  if (status === 0) return [];
  return [{ ...asked, round: { ...readStream(""), head, body, end: { how: "refused" } } }];
}

/** Messages in order; each `response.create` is a request, and what comes until a terminal is its answer. */
function ofMessages(messages: readonly JsonObject[]): Exchange[] {
  const exchanges: Exchange[] = [];
  let events: RecordedEvent[] | undefined;
  let began = 0;
  for (const { type, data, time } of messages) {
    const text = String(data);
    const at = typeof time === "number" ? time : undefined;
    if (type === "send") {
      const request = parseJsonObject(text);
      if (request?.["type"] !== "response.create" || request["generate"] === false) continue;
      events = [];
      began = at ?? 0;
      exchanges.push({ request, text, round: { ...readStream(""), events, at: 0 } });
    } else if (events) {
      const event = responseEvent(text);
      events.push({ at: at === undefined ? undefined : at - began, event });
      if (isTerminal(event)) events = undefined;
    }
  }
  return exchanges.filter(({ round }) => round.events.length > 0);
}

function contentOf(content: JsonObject | undefined): string {
  const text = String(content?.["text"] ?? "");
  return content?.["encoding"] === "base64" ? Buffer.from(text, "base64").toString() : text;
}

function nameAndValue({ name, value }: JsonObject): RawHeaders {
  return [String(name), String(value)];
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject).filter((each) => each !== undefined) : [];
}
