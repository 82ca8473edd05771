import type { JsonObject } from "../../protocol/event.js";
import type { Usage } from "../../protocol/usage.js";
import { seedOf } from "./ids.js";
import {
  anyItem,
  compactionItem,
  customToolCallItem,
  functionCallItem,
  messageItem,
  reasoningItem,
  webSearchItem,
  type CallOptions,
  type CompactionOptions,
  type ItemWriter,
  type MessageOptions,
  type ReasoningOptions,
  type WebSearchOptions,
} from "./items.js";
import type { RoundContext } from "./roundContext.js";
import { roundWriter, type RoundWriter } from "./writer.js";

/**
 * One upstream response: its events' JSON texts, in order. As an array it is the round by itself, with ids that are
 * the same in every run. The simulated upstream asks for the same round as the answer to a certain request.
 */
export interface Round extends ReadonlyArray<string> {
  /** The round's texts with ids, account and response object of one request. */
  answering(context: RoundContext): readonly string[];
}

/** What is the same for all of a round. */
export interface RoundOptions {
  /** The response's id. Default: derived from the round's content. */
  readonly id?: string;
  /** Tells apart two rounds of the same content: other ids. */
  readonly seed?: string | number;
  /** The model named in the response object, outside a simulated upstream. Default `gpt-5.5`. */
  readonly model?: string;
  /** Unix seconds. */
  readonly createdAt?: number;
}

/** How a round ends. */
export interface EndOptions {
  /** What the terminal reports; what is left out is counted: `reasoning` from the items, a token for each delta. */
  readonly usage?: Partial<Usage> | null;
  /** The terminal's `output`: the items, or `[]` as ChatGPT's backend sends it. Default: as the backend does. */
  readonly output?: "items" | "empty";
  /** The response's `metadata`. */
  readonly metadata?: JsonObject;
}

/** Builds a {@link Round}. Every step returns a new builder; the endings return the round. */
export interface RoundBuilder {
  /** A reasoning item; a number means so many tokens. */
  reasoning(tokens: number | ReasoningOptions): RoundBuilder;
  /** An assistant message. */
  message(text: string, options?: MessageOptions): RoundBuilder;
  /** A `function_call`; arguments that are no string are printed as JSON. */
  functionCall(name: string, args?: unknown, options?: CallOptions): RoundBuilder;
  /** A `custom_tool_call`, whose input is free text. */
  customToolCall(name: string, input: string, options?: CallOptions): RoundBuilder;
  /** A `web_search_call`, run by the provider. */
  webSearch(options?: WebSearchOptions): RoundBuilder;
  /** An item of any other type, done as soon as it is added. */
  item(item: JsonObject): RoundBuilder;
  /** An event that is no part of the output: `codex.rate_limits`, something unknown, or any text (no JSON even). */
  event(event: JsonObject | string): RoundBuilder;

  /** Ends with `response.completed`. */
  completed(options?: EndOptions): Round;
  /** Ends with `response.failed`; `null` for one without an `error` object. */
  failed(error?: { readonly code: string; readonly message?: string } | null, options?: EndOptions): Round;
  /** Ends with `response.incomplete`. */
  incomplete(reason?: string, options?: EndOptions): Round;
  /** Ends with an `error` event. */
  errorEvent(error?: JsonObject): Round;
  /** Ends without a terminal. `after`: only so many events of what was built. */
  cut(options?: { readonly after?: number }): Round;
  /** Ends as the answer to a `compaction_trigger`: one `compaction` item, then `response.completed`. */
  compaction(options?: EndOptions & CompactionOptions): Round;
}

/** A moment of 2026; the builders' results must not depend on the clock. */
const SOME_TIME = 1782741513;

/**
 * Begins a round, as `round().reasoning(516).message("29").completed()`.
 *
 * The events are those of recorded rounds: `created`, `in_progress`, items with their deltas, terminal; members,
 * order, `obfuscation` and `encrypted_content` included.
 */
export function round(options: RoundOptions = {}): RoundBuilder {
  return builder(options, []);
}

/** True for a round made by {@link round}. */
export function isRound(texts: readonly string[]): texts is Round {
  return "answering" in texts;
}

type Step = readonly [name: string, args: readonly unknown[], write: (writer: RoundWriter) => void];

function builder(options: RoundOptions, steps: readonly Step[]): RoundBuilder {
  const item = (name: string, args: readonly unknown[], write: ItemWriter) =>
    builder(options, [...steps, [name, args, write]]);
  const ending = (
    name: string,
    args: readonly unknown[],
    write: (writer: RoundWriter) => void,
    keep?: number,
  ) => finish(options, [...steps, [name, args, write]], keep);
  const terminal = (name: string, status: string, end: EndOptions, fields: JsonObject, before?: ItemWriter) =>
    ending(name, [end, fields], (writer) => {
      before?.(writer);
      writer.lifecycle(`response.${status}`, status, { ...endFields(writer, status, end), ...fields });
    });

  return {
    reasoning: (given) => {
      const spec = typeof given === "number" ? { tokens: given } : given;
      return item("reasoning", [spec], reasoningItem(spec));
    },
    message: (text, given = {}) => item("message", [text, given], messageItem(text, given)),
    functionCall: (name, args = {}, given = {}) =>
      item("functionCall", [name, args, given], functionCallItem(name, args, given)),
    customToolCall: (name, input, given = {}) =>
      item("customToolCall", [name, input, given], customToolCallItem(name, input, given)),
    webSearch: (given = {}) => item("webSearch", [given], webSearchItem(given)),
    item: (given) => item("item", [given], anyItem(given)),
    event: (given) => {
      const text = typeof given === "string" ? given : JSON.stringify(given);
      return item("event", [text], (writer) => writer.raw(text));
    },

    completed: (end = {}) => terminal("completed", "completed", end, {}),
    failed: (error = { code: "server_error" }, end = {}) =>
      terminal("failed", "failed", { usage: null, ...end }, error ? { error: withMessage(error) } : {}),
    incomplete: (reason = "max_output_tokens", end = {}) =>
      terminal("incomplete", "incomplete", end, { incomplete_details: { reason } }),
    errorEvent: (error = { code: "server_error" }) =>
      ending("errorEvent", [error], (writer) =>
        writer.emit("error", { param: null, ...withMessage(error as { code: string }) }),
      ),
    cut: ({ after } = {}) => ending("cut", [after], () => undefined, after),
    compaction: ({ id, steps, ...end } = {}) =>
      terminal(
        "compaction",
        "completed",
        end,
        {},
        compactionItem({ ...(id && { id }), ...(steps && { steps }) }),
      ),
  };
}

function finish(options: RoundOptions, steps: readonly Step[], keep?: number): Round {
  const answering = (context: RoundContext): readonly string[] => {
    const writer = roundWriter(context, options.id);
    writer.lifecycle("response.created", "in_progress");
    writer.lifecycle("response.in_progress", "in_progress");
    for (const [, , write] of steps) write(writer);
    return writer.texts.slice(0, keep);
  };
  const seed = seedOf([options, steps.map(([name, args]) => [name, args])]);
  const { model, createdAt = SOME_TIME } = options;
  const texts = answering({ seed, createdAt, account: "", request: model ? asking(model) : undefined });
  return Object.defineProperty([...texts], "answering", { value: answering }) as unknown as Round;
}

function asking(model: string): JsonObject {
  return { model, include: ["reasoning.encrypted_content"] };
}

function endFields(writer: RoundWriter, status: string, { usage, output, metadata }: EndOptions): JsonObject {
  const listed = output ? output === "items" : writer.context.listsOutput === true;
  return {
    ...(status === "completed" && { completed_at: writer.context.createdAt + 30 }),
    ...(listed && { output: [...writer.items] }),
    ...(usage !== null && { usage: writer.usage(usage ?? {}) }),
    ...(metadata && { metadata }),
  };
}

function withMessage<E extends { readonly code: string; readonly message?: string }>(error: E): JsonObject {
  return { message: "An error occurred while processing your request.", ...error };
}
