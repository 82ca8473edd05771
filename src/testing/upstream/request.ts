import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { asObject, parseJsonObject, type JsonObject } from "../../protocol/event.js";

/** How a request for a response ended. */
export type Outcome =
  /** everything the script has to say was sent */
  | "answered"
  /** the client went away first */
  | "aborted"
  /** a scripted fault ended it */
  | "broken";

/** A request for a response: a POST, or a `response.create` frame. */
export interface UpstreamRequest {
  /** Counted from 1, in order of arrival. Prewarms have a count of their own. */
  readonly number: number;
  readonly transport: "http" | "websocket";
  /** The TCP connection it came on, counted from 1. */
  readonly connection: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Of the POST, or of the upgrade. */
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** The body, or the frame, decoded. */
  readonly text: string;
  /** Bytes it took on the wire: of a POST the body's, of a frame all that came since the one before. */
  readonly wireBytes: number;
  /** The parsed body; `{}` when it is no JSON object. */
  readonly body: JsonObject;
  /** The input items it brought; a plain string is one user message. */
  readonly input: readonly JsonObject[];
  /** The whole conversation: `input` behind all that `previous_response_id` stands for. */
  readonly history: readonly JsonObject[];
  /** Items at the beginning of `history` that an earlier request with the same `prompt_cache_key` brought unchanged. */
  readonly cachedItems: number;
  /** The id of the response it got, once that has begun. */
  readonly responseId: string | undefined;
  /** True when the input ends with an assistant message of phase `commentary`: a nudge. */
  readonly isContinuation: boolean;
  /** True for a successor that queued steering input began: no client sent its text. */
  readonly isSteered: boolean;
  /** `generate: false`: answered at once, without the script. */
  readonly isPrewarm: boolean;
  /** The WebSocket lane. */
  readonly streamId: string | undefined;
  /** Who asks: `chatgpt-account-id`, or the bearer token, or `""`. */
  readonly account: string;
  readonly backend: Backend;
  /** When it arrived, in `performance.now()` milliseconds. */
  readonly receivedAt: number;
  /** `pending` until it is settled. */
  readonly outcome: Outcome | "pending";
  readonly settled: Promise<Outcome>;
}

/** ChatGPT's backend, which Codex uses with a ChatGPT login, or the API. They differ in what they refuse. */
export type Backend = "chatgpt" | "api";

/** What the two transports know of a request. */
export interface RequestSource {
  readonly transport: "http" | "websocket";
  readonly connection: number;
  readonly message: IncomingMessage;
  readonly text: string;
  readonly wireBytes: number;
  readonly backend: Backend | undefined;
  readonly isSteered?: boolean;
}

/** The server's own side of a request. */
export interface OpenRequest {
  readonly record: UpstreamRequest;
  setHistory(history: readonly JsonObject[]): void;
  setCachedItems(count: number): void;
  setResponseId(id: string): void;
  settle(outcome: Outcome): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** @param count gives the request's number, by whether it is a prewarm */
export function openRequest(source: RequestSource, count: (isPrewarm: boolean) => number): OpenRequest {
  const { message, text } = source;
  const body = parseJsonObject(text) ?? {};
  const input = inputItems(body["input"]);
  const { method = "", url = "", headers, rawHeaders } = message;
  let settle: (outcome: Outcome) => void = () => undefined;
  const settled = new Promise<Outcome>((resolve) => (settle = resolve));
  const isPrewarm = source.transport === "websocket" && body["generate"] === false;
  const state: Mutable<Pick<UpstreamRequest, "history" | "cachedItems" | "outcome" | "responseId">> = {
    history: input,
    cachedItems: 0,
    outcome: "pending",
    responseId: undefined,
  };

  const record: UpstreamRequest = {
    number: count(isPrewarm),
    transport: source.transport,
    connection: source.connection,
    method,
    url,
    headers,
    rawHeaders,
    text,
    wireBytes: source.wireBytes,
    body,
    input,
    get history() {
      return state.history;
    },
    get cachedItems() {
      return state.cachedItems;
    },
    get responseId() {
      return state.responseId;
    },
    isContinuation: isNudge(input.at(-1)),
    isPrewarm,
    isSteered: source.isSteered === true,
    streamId: typeof body["stream_id"] === "string" ? body["stream_id"] : undefined,
    account: accountOf(headers),
    backend: source.backend ?? backendOf(url, headers),
    receivedAt: performance.now(),
    get outcome() {
      return state.outcome;
    },
    settled,
  };
  return {
    record,
    setHistory: (history) => (state.history = history),
    setCachedItems: (count) => (state.cachedItems = count),
    setResponseId: (id) => (state.responseId = id),
    settle(outcome) {
      if (state.outcome !== "pending") return;
      state.outcome = outcome;
      settle(outcome);
    },
  };
}

export function accountOf(headers: IncomingHttpHeaders): string {
  const id = headers["chatgpt-account-id"];
  return typeof id === "string" ? id : (headers.authorization ?? "");
}

function backendOf(url: string, headers: IncomingHttpHeaders): Backend {
  return url.includes("/backend-api/") || headers["chatgpt-account-id"] !== undefined ? "chatgpt" : "api";
}

export function inputItems(input: unknown): readonly JsonObject[] {
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  return Array.isArray(input) ? input.map((item) => asObject(item) ?? {}) : [];
}

function isNudge(item: JsonObject | undefined): boolean {
  return item?.["role"] === "assistant" && item["phase"] === "commentary";
}
