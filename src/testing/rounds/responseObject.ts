import type { JsonObject } from "../../protocol/event.js";
import type { RoundContext } from "./roundContext.js";

/**
 * The `response` object of a lifecycle event or terminal, with the members, order and number texts (`0.0`, `1.0`) of
 * recorded rounds. Those that the request sets are repeated from it: instructions and tools too, which makes these
 * events large in practice.
 *
 * @param fields `id`, `status`, and what a terminal sets
 */
export function responseText({ createdAt, request = {} }: RoundContext, fields: JsonObject): string {
  const response = {
    id: fields["id"],
    object: "response",
    created_at: createdAt,
    status: fields["status"],
    background: false,
    completed_at: fields["completed_at"] ?? null,
    error: fields["error"] ?? null,
    frequency_penalty: 0,
    incomplete_details: fields["incomplete_details"] ?? null,
    instructions: request["instructions"] ?? null,
    max_output_tokens: request["max_output_tokens"] ?? null,
    max_tool_calls: null,
    model: request["model"] ?? "gpt-5.5",
    moderation: null,
    output: fields["output"] ?? [],
    parallel_tool_calls: request["parallel_tool_calls"] ?? true,
    presence_penalty: 0,
    previous_response_id: request["previous_response_id"] ?? null,
    prompt_cache_key: request["prompt_cache_key"] ?? null,
    prompt_cache_retention: "24h",
    reasoning: {
      context: "current_turn",
      effort: "high",
      mode: "standard",
      summary: "detailed",
      ...(request["reasoning"] as JsonObject | undefined),
    },
    safety_identifier: null,
    service_tier: "auto",
    store: request["store"] ?? false,
    temperature: 1,
    text: request["text"] ?? { format: { type: "text" }, verbosity: "medium" },
    tool_choice: request["tool_choice"] ?? "auto",
    tool_usage: NO_TOOLS_USED,
    tools: request["tools"] ?? [],
    top_logprobs: 0,
    top_p: 0.98,
    truncation: "disabled",
    usage: fields["usage"] ?? null,
    user: null,
    metadata: fields["metadata"] ?? request["metadata"] ?? {},
  };
  // only the first of each is the member itself: inside a string the quotes would be escaped
  return JSON.stringify(response)
    .replace('"frequency_penalty":0,', '"frequency_penalty":0.0,')
    .replace('"presence_penalty":0,', '"presence_penalty":0.0,')
    .replace('"temperature":1,', '"temperature":1.0,');
}

const NO_TOOLS_USED = {
  image_gen: {
    input_tokens: 0,
    input_tokens_details: { image_tokens: 0, text_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { image_tokens: 0, text_tokens: 0 },
    total_tokens: 0,
  },
  web_search: { num_requests: 0 },
};
