import type { JsonObject } from "../../../../src/protocol/event.js";

/** A `response.create` frame such as Codex sends. */
export function createFrame(fields: JsonObject = {}): string {
  return JSON.stringify({
    type: "response.create",
    model: "gpt-5.5",
    instructions: "You are a coding agent.",
    input: [userMessage("How many?")],
    tools: [{ type: "function", name: "shell", parameters: { type: "object" } }],
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning: { effort: "high", summary: "auto" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "thread",
    client_metadata: { turn_id: "turn-1" },
    ...fields,
  });
}

export function userMessage(text: string): JsonObject {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}

export function toolOutput(call_id: string, output: string): JsonObject {
  return { type: "function_call_output", call_id, output };
}

/** The items that a client takes from a response: those of `output_item.done`, in order. */
export function itemsOf(texts: readonly string[]): JsonObject[] {
  return texts
    .map((text) => JSON.parse(text) as JsonObject)
    .filter(({ type }) => type === "response.output_item.done")
    .map(({ item }) => item as JsonObject);
}

/** The `response` object of the last of these messages. */
export function responseOfLast(texts: readonly string[]): JsonObject {
  return (JSON.parse(texts.at(-1) ?? "{}") as { response: JsonObject }).response;
}

/** The id a client chains on. */
export function idOf(texts: readonly string[]): string {
  return String(responseOfLast(texts)["id"]);
}

/** The text of the answer. */
export function answerOf(texts: readonly string[]): string {
  return itemsOf(texts)
    .filter(({ type }) => type === "message")
    .flatMap(({ content }) => content as { text: string }[])
    .map(({ text }) => text)
    .join("");
}
