import { randomUUID } from "node:crypto";
import type { CreateFrame } from "./createFrame.js";

/** A response to go on from, without anything having been asked. */
export interface Prewarmed {
  readonly id: string;
  /** The events' texts. */
  readonly events: readonly string[];
}

/** Answers a prewarm in the upstream's place: Codex waits for `response.completed` and chains on its id (seen). */
export function prewarmed({ json }: CreateFrame): Prewarmed {
  const id = `resp_${randomUUID().replaceAll("-", "")}`;
  const created_at = Math.floor(Date.now() / 1000);
  const response = { id, object: "response", created_at, model: json["model"], output: [] };
  const usage = {
    input_tokens: 0,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 0,
  };
  const events = [
    { type: "response.created", response: { ...response, status: "in_progress" }, sequence_number: 0 },
    { type: "response.completed", response: { ...response, status: "completed", usage }, sequence_number: 1 },
  ];
  return { id, events: events.map((event) => JSON.stringify(event)) };
}
