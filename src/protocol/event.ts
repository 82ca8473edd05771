/** A parsed JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * One event of a Responses API stream, as it arrived.
 *
 * An event keeps its text: whatever nobody changes leaves as the very `data` that came in, so numbers beyond
 * 2^53, key order and white space survive. `json` is parsed on first use and then kept.
 */
export interface ResponseEvent {
  /** Absent: this is what tells an event from the pipeline's own signals (`TurnSignal`). */
  readonly kind?: undefined;
  /**
   * The JSON's `type`; `""` when the data is no JSON object with a `type` (`[DONE]`, garbage, a comment). Read without
   * parsing where `type` comes first, so that data cut short further on may have one.
   */
  readonly type: string;
  /** The event's data: for SSE the `data:` lines joined with `\n`, for WebSocket the frame's text. */
  readonly data: string;
  /** The parsed data; `undefined` when it is not a JSON object. */
  readonly json: JsonObject | undefined;
  /** SSE framing that is not part of the data, kept so that the event can leave as it came. */
  readonly framing?: Framing;
}

/** How an SSE event was framed. Events made by us, and WebSocket frames, have none. */
export interface Framing {
  /** The `event:` line; absent when there was none. */
  readonly event?: string | undefined;
  /** The `id:` line; absent when there was none. */
  readonly id?: string | undefined;
  /** True for an SSE comment: `data` is its text. */
  readonly comment?: true;
  /** True for an event that we repeat: the upstream did not send it here. */
  readonly repeated?: true;
}

/** Nearly every backend writes `type` first (seen in recorded rounds), which saves parsing every delta. */
const TYPE_FIRST = '{"type":"';

/** Most events are deltas of the same type as the one before: they share its text, and comparing it costs nothing. */
let latest = remembered("");

function remembered(type: string) {
  // A copy: a slice would keep all of the text alive that it was cut from.
  const own = Buffer.from(type).toString();
  return { type: own, beginning: `${TYPE_FIRST}${own}"` };
}

class LazyEvent implements ResponseEvent {
  declare readonly kind?: undefined;
  readonly type: string;
  readonly data: string;
  readonly framing: Framing;
  #json: JsonObject | undefined | null = null;

  constructor(data: string, framing: Framing) {
    this.data = data;
    this.framing = framing;
    this.type = framing.comment ? "" : this.#readType();
  }

  get json(): JsonObject | undefined {
    if (this.#json === null) this.#json = this.framing.comment ? undefined : parseJsonObject(this.data);
    return this.#json;
  }

  #readType(): string {
    if (this.data.startsWith(latest.beginning)) return latest.type;
    if (this.data.startsWith(TYPE_FIRST)) {
      const end = this.data.indexOf('"', TYPE_FIRST.length);
      const type = this.data.slice(TYPE_FIRST.length, end);
      if (end > 0 && !type.includes("\\")) {
        if (type.length < 100) latest = remembered(type);
        return type;
      }
    }
    const type = this.json?.["type"];
    return typeof type === "string" ? type : "";
  }
}

const WITH_EVENT_LINE: Framing = {};

/**
 * Makes a {@link ResponseEvent} of its text.
 *
 * @param data the event's JSON text
 * @param framing the SSE framing it arrived with; without it an SSE sink writes an `event:` line with the type
 */
export function responseEvent(data: string, framing: Framing = WITH_EVENT_LINE): ResponseEvent {
  return new LazyEvent(data, framing);
}

/** The event with other data and the framing it had. */
export function withData(event: ResponseEvent, data: string): ResponseEvent {
  return data === event.data ? event : responseEvent(data, event.framing);
}

/** Parses a JSON object. @returns `undefined` for anything else: never throws */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The value if it is a plain JSON object, else `undefined`. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

const TERMINAL_TYPES = new Set(["response.completed", "response.failed", "response.incomplete", "error"]);

/**
 * True for an event that ends its response. `error` counts: nothing follows it on either transport. One that cannot
 * be parsed does not: no client takes it for an end.
 */
export function isTerminal(event: ResponseEvent): boolean {
  return TERMINAL_TYPES.has(event.type) && event.json !== undefined;
}

const LIFECYCLE_TYPES = new Set(["response.created", "response.in_progress", "response.queued"]);

/** True for the events that announce a response; the client must see those of round 1 only. */
export function isLifecycle(event: ResponseEvent): boolean {
  return LIFECYCLE_TYPES.has(event.type);
}

/** True for `response.output_item.added`. */
export function isItemAdded(event: ResponseEvent): boolean {
  return event.type === "response.output_item.added";
}

/** True for `response.output_item.done`, the one event that clients take items from. */
export function isItemDone(event: ResponseEvent): boolean {
  return event.type === "response.output_item.done";
}

/**
 * True for an event that has its place in the response's order: whatever is not known to stand outside it. Only the
 * others (`codex.rate_limits`, `response.metadata`: they belong to no response) may overtake held output.
 *
 * Numbers do not tell: some backends write none, and a delta or an item without them must not slip past the hold.
 */
export function isOrdered(event: ResponseEvent): boolean {
  // `null` is no number: some backends write it into what belongs to no response (seen).
  return !isForeign(event) || typeof event.json?.["sequence_number"] === "number";
}

/** True for an event that belongs to no response, by its type; whether it is numbered does not matter. */
export function isForeign(event: ResponseEvent): boolean {
  const { type } = event;
  if (type === "" || TERMINAL_TYPES.has(type)) return false;
  return type === "response.metadata" || !type.startsWith("response.");
}
