import type { JsonObject } from "../../protocol/event.js";
import type { RoundWriter } from "./writer.js";

/** Writes one output item of a round, from its `added` to its `done`. */
export type ItemWriter = (writer: RoundWriter) => void;

/** What can be said of a reasoning item. */
export interface ReasoningOptions {
  /** Reasoning tokens that this item stands for. Default 0. */
  readonly tokens?: number;
  /** Summary parts. Default: one short part; `[]` for none. */
  readonly summary?: readonly string[];
  /** `null`: none; a string: exactly that. Default: one that the simulated upstream recognises. */
  readonly encryptedContent?: string | null;
  /** Decoded size of `encrypted_content` in bytes. Default: the usual one for so many tokens. */
  readonly bytes?: number;
  readonly id?: string;
}

const SUMMARY = ["**Weighing the cases**\n\nI'm checking which of the cases can hold at the same time."];

export function reasoningItem(options: ReasoningOptions): ItemWriter {
  return (writer) => {
    const { tokens = 0, summary = SUMMARY, bytes } = options;
    const encryptedContent = writer.wantsThoughts ? options.encryptedContent : null;
    const id = options.id ?? writer.ids.item("rs", writer.nextIndex);
    const item = (content: string | null, parts: readonly JsonObject[]): JsonObject => ({
      id,
      type: "reasoning",
      content: [],
      ...(content !== null && { encrypted_content: content }),
      summary: parts,
    });
    const early = encryptedContent === null ? null : writer.seal({ tokens: 0, partial: true }, `${id}/early`);
    const output_index = writer.added(item(early, []));

    summary.forEach((text, summary_index) => {
      const place = { item_id: id, output_index, summary_index };
      const part = (text: string) => ({ ...place, part: { type: "summary_text", text } });
      writer.emit("response.reasoning_summary_part.added", part(""));
      const { visible } = writer.tokens;
      writer.deltas("response.reasoning_summary_text.delta", pieces(text), place);
      writer.tokens.visible = visible; // summaries are not billed as output
      writer.emit("response.reasoning_summary_text.done", { ...place, text });
      writer.emit("response.reasoning_summary_part.done", part(text));
    });

    writer.tokens.reasoning += tokens;
    const content = encryptedContent === undefined ? writer.seal({ tokens }, id, bytes) : encryptedContent;
    writer.done(
      item(
        content,
        summary.map((text) => ({ type: "summary_text", text })),
      ),
    );
  };
}

/** What can be said of a message besides its text. */
export interface MessageOptions {
  /** `commentary` between calls, `final_answer` at the end. Default: none, as older models have it. */
  readonly phase?: "commentary" | "final_answer";
  /** The text's deltas, where they matter. */
  readonly deltas?: readonly string[];
  readonly id?: string;
}

export function messageItem(text: string, { phase, deltas, id: givenId }: MessageOptions): ItemWriter {
  return (writer) => {
    const id = givenId ?? writer.ids.item("msg", writer.nextIndex);
    const item = (status: string, content: readonly JsonObject[]): JsonObject => ({
      id,
      type: "message",
      status,
      content,
      ...(phase && { phase }),
      role: "assistant",
    });
    const part = (text: string): JsonObject => ({ type: "output_text", annotations: [], logprobs: [], text });
    const output_index = writer.added(item("in_progress", []));
    const place = { content_index: 0, item_id: id, output_index };
    writer.emit("response.content_part.added", { ...place, part: part("") });
    writer.deltas("response.output_text.delta", deltas ?? pieces(text), { ...place, logprobs: [] });
    writer.emit("response.output_text.done", { ...place, logprobs: [], text });
    writer.emit("response.content_part.done", { ...place, part: part(text) });
    writer.done(item("completed", [part(text)]));
  };
}

/** What can be said of a call besides its name and arguments. */
export interface CallOptions {
  readonly id?: string;
  readonly callId?: string;
  /** Further members of the item, `namespace` for example. */
  readonly fields?: JsonObject;
}

export function functionCallItem(name: string, args: unknown, options: CallOptions): ItemWriter {
  const text = typeof args === "string" ? args : JSON.stringify(args);
  return callItem(
    "function_call",
    "fc",
    "arguments",
    "response.function_call_arguments",
    name,
    text,
    options,
  );
}

export function customToolCallItem(name: string, input: string, options: CallOptions): ItemWriter {
  return callItem(
    "custom_tool_call",
    "ctc",
    "input",
    "response.custom_tool_call_input",
    name,
    input,
    options,
  );
}

function callItem(
  type: string,
  prefix: string,
  member: string,
  event: string,
  name: string,
  text: string,
  { id: givenId, callId, fields }: CallOptions,
): ItemWriter {
  return (writer) => {
    const id = givenId ?? writer.ids.item(prefix, writer.nextIndex);
    const call_id = callId ?? writer.ids.call(writer.nextIndex);
    const item = (status: string, value: string): JsonObject => {
      const call = { id, type, status };
      return member === "arguments"
        ? { ...call, arguments: value, call_id, name, ...fields }
        : { ...call, call_id, input: value, name, ...fields };
    };
    const output_index = writer.added(item("in_progress", ""));
    const place = { item_id: id, output_index };
    writer.deltas(`${event}.delta`, pieces(text), place);
    writer.emit(`${event}.done`, { ...place, [member]: text });
    writer.done(item("completed", text));
  };
}

/** What can be said of a `web_search_call` item. */
export interface WebSearchOptions {
  readonly query?: string;
  readonly id?: string;
}

export function webSearchItem({ query = "how it was meant", id: givenId }: WebSearchOptions): ItemWriter {
  return (writer) => {
    const id = givenId ?? writer.ids.item("ws", writer.nextIndex);
    const item = (status: string): JsonObject => ({
      id,
      type: "web_search_call",
      status,
      action: { type: "search", query },
    });
    const output_index = writer.added(item("in_progress"));
    for (const step of ["in_progress", "searching", "completed"]) {
      writer.emit(`response.web_search_call.${step}`, { item_id: id, output_index });
    }
    writer.done(item("completed"));
  };
}

/** What can be said of a `compaction` item. */
export interface CompactionOptions {
  readonly id?: string;
  /** How far the conversation had come; the encrypted content remembers it. */
  readonly steps?: number;
}

export function compactionItem({ id: givenId, steps = 0 }: CompactionOptions): ItemWriter {
  return (writer) => {
    const id = givenId ?? writer.ids.item("cmp", writer.nextIndex);
    const encrypted_content = writer.seal({ tokens: 0, steps }, id, 2000);
    writer.added({ id, type: "compaction", encrypted_content: "" });
    writer.done({ id, type: "compaction", encrypted_content });
  };
}

/** Any other item: `added` and `done` with the same content. */
export function anyItem(item: JsonObject): ItemWriter {
  return (writer) => {
    const whole = { id: writer.ids.item("item", writer.nextIndex), ...item };
    writer.added(whole);
    writer.done(whole);
  };
}

/** Cuts a text where a model's tokens might end: at spaces, and never inside a character. */
function pieces(text: string): string[] {
  return text.match(/\s*[^\s]{1,8}|\s+/gu) ?? [];
}
