import { responseEvent, type JsonObject, type ResponseEvent } from "../protocol/event.js";

/**
 * Single events for marble tests: as small as an event can be and still mean something. Whole rounds, as a backend
 * would send them, come from `round()`.
 */

/** Any event: its type and its other members, in that order. */
export function event(type: string, fields: JsonObject = {}): ResponseEvent {
  return responseEvent(JSON.stringify({ type, ...fields }));
}

/** `response.created`. @param response members of the response object, its `id` for example */
export function created(response: JsonObject = {}, fields: JsonObject = {}): ResponseEvent {
  return event("response.created", { response: { id: "resp_1", ...response }, ...fields });
}

/** `response.in_progress` */
export function inProgress(response: JsonObject = {}, fields: JsonObject = {}): ResponseEvent {
  return event("response.in_progress", { response: { id: "resp_1", ...response }, ...fields });
}

/** `response.output_item.added`. @param fields `output_index`, `sequence_number`, ... */
export function itemAdded(item: JsonObject, fields: JsonObject = {}): ResponseEvent {
  return event("response.output_item.added", { item, output_index: 0, ...fields });
}

/** `response.output_item.done`. @param fields `output_index`, `sequence_number`, ... */
export function itemDone(item: JsonObject, fields: JsonObject = {}): ResponseEvent {
  return event("response.output_item.done", { item, output_index: 0, ...fields });
}

/** `response.output_text.delta` */
export function delta(text: string, fields: JsonObject = {}): ResponseEvent {
  return event("response.output_text.delta", { delta: text, output_index: 0, ...fields });
}

/** `response.reasoning_summary_text.delta` */
export function summaryDelta(text: string, fields: JsonObject = {}): ResponseEvent {
  return event("response.reasoning_summary_text.delta", { delta: text, output_index: 0, ...fields });
}

/** `codex.rate_limits`, which belongs to no response. */
export function rateLimits(usedPercent = 10): ResponseEvent {
  return event("codex.rate_limits", { rate_limits: { primary: { used_percent: usedPercent } } });
}

/** An SSE comment. */
export function comment(text: string): ResponseEvent {
  return responseEvent(text, { comment: true });
}

/** What {@link completed} tells. */
export interface CompletedOptions {
  /** Reasoning tokens. Default 0. */
  readonly reasoning?: number;
  /** Input tokens. Default 100. */
  readonly input?: number;
  /** Of these, from the prompt cache. Default 0. */
  readonly cached?: number;
  /** Output tokens, reasoning included. Default: `reasoning` and 10 more. */
  readonly output?: number;
  /** Further members of the response object: `id`, `output`, `metadata`, `usage: null`, ... */
  readonly response?: JsonObject;
  /** Further members of the event: `sequence_number`. */
  readonly fields?: JsonObject;
}

/** `response.completed` with its usage. */
export function completed(options: CompletedOptions = {}): ResponseEvent {
  const { reasoning = 0, input = 100, cached = 0, output = reasoning + 10, response, fields } = options;
  const usage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
  return event("response.completed", {
    response: { id: "resp_1", status: "completed", output: [], usage, ...response },
    ...fields,
  });
}

/** `response.failed`. @param error its `error` object */
export function failed(error: JsonObject = { code: "server_error" }, fields: JsonObject = {}): ResponseEvent {
  return event("response.failed", { response: { id: "resp_1", status: "failed", error }, ...fields });
}

/** `response.incomplete` */
export function incomplete(reason = "max_output_tokens", fields: JsonObject = {}): ResponseEvent {
  const response = { id: "resp_1", status: "incomplete", incomplete_details: { reason } };
  return event("response.incomplete", { response, ...fields });
}

/** A reasoning item. @param fields `encrypted_content` (`undefined`: without it), `id`, ... */
export function reasoning(id = "rs_1", fields: JsonObject = {}): JsonObject {
  return { id, type: "reasoning", summary: [], encrypted_content: `gAAAAA-${id}`, ...fields };
}

/** An assistant message item. */
export function message(text: string, fields: JsonObject = {}): JsonObject {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    content: [{ type: "output_text", text }],
    ...fields,
  };
}

/** A `function_call` item. */
export function functionCall(name: string, args: unknown = {}, fields: JsonObject = {}): JsonObject {
  return {
    id: "fc_1",
    type: "function_call",
    call_id: "call_1",
    name,
    arguments: JSON.stringify(args),
    ...fields,
  };
}

/** A `web_search_call` item, which ran at the provider. */
export function webSearch(fields: JsonObject = {}): JsonObject {
  return { id: "ws_1", type: "web_search_call", status: "completed", ...fields };
}
