import { asObject, isItemAdded, isItemDone, type JsonObject, type ResponseEvent } from "./event.js";

/**
 * Items of tools that run at the provider. They are part of the thinking: nothing is left for the client to do.
 * `mcp_approval_request` is not among them, for the client has to answer it.
 */
const HOSTED_TOOL_ITEMS = new Set([
  "web_search_call",
  "file_search_call",
  "code_interpreter_call",
  "image_generation_call",
  "mcp_call",
  "mcp_list_tools",
]);

/** What a round consists of beside reasoning, hosted tools and what is not known here: the answer, and calls of the client's. */
const ANSWERS = new Set(["message", "function_call", "custom_tool_call", "local_shell_call"]);

/** The item of a `response.output_item.added` or `.done` event. */
export function itemOf(event: ResponseEvent): JsonObject | undefined {
  return asObject(event.json?.["item"]);
}

/** The `type` of an item; `""` when it has none. */
export function itemType(item: JsonObject | undefined): string {
  const type = item?.["type"];
  return typeof type === "string" ? type : "";
}

/** The model's thinking, in summary and encrypted. */
export function isReasoning(item: JsonObject | undefined): boolean {
  return itemType(item) === "reasoning";
}

/** A call that ran at the provider: a web search, for example. Nobody has to answer it. */
export function isHostedTool(item: JsonObject | undefined): boolean {
  return HOSTED_TOOL_ITEMS.has(itemType(item));
}

/** True for items whose type is not known here: they may be the work of a hosted tool. */
export function isUnknown(item: JsonObject | undefined): boolean {
  return !isReasoning(item) && !isHostedTool(item) && !ANSWERS.has(itemType(item));
}

/** True for items that answer or act, and for types not known: everything but reasoning and hosted tools. */
export function isTentative(item: JsonObject | undefined): boolean {
  return !isReasoning(item) && !isHostedTool(item);
}

/** True for items that a client may execute or act on once they are done: any tentative item but a message. */
export function isClientAction(item: JsonObject | undefined): boolean {
  return isTentative(item) && itemType(item) !== "message";
}

/** True for items that end a turn with something: a call of the client's, or a message that is no commentary. */
export function isAnswer(item: JsonObject | undefined): boolean {
  return isTentative(item) && item?.["phase"] !== "commentary";
}

/** The item's `encrypted_content`, if it has a non-empty one. */
export function encryptedContent(item: JsonObject | undefined): string | undefined {
  const content = item?.["encrypted_content"];
  return typeof content === "string" && content !== "" ? content : undefined;
}

/** What an event calls the item it belongs to: its place in the output (a number), its id; backends leave out either. */
export function namesOf(event: ResponseEvent): unknown[] {
  const names = [event.json?.["output_index"], event.json?.["item_id"] ?? itemOf(event)?.["id"]];
  return names.filter((name) => name !== undefined);
}

/** Deltas of tentative output, for backends that do not announce their items. */
const TENTATIVE_DELTA = /^response\.(output_text|refusal|function_call_arguments|custom_tool_call_input)\./;

/** True for a delta of tentative output. */
export function isTentativeDelta(event: ResponseEvent): boolean {
  return TENTATIVE_DELTA.test(event.type);
}

/** True for an event that brings something of an answer or a call: announced, a delta of it, or done. */
export function isOfTentative(event: ResponseEvent): boolean {
  return isItemAdded(event) || isItemDone(event) ? isTentative(itemOf(event)) : isTentativeDelta(event);
}
