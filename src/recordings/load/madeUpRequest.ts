import type { JsonObject } from "../../protocol/event.js";
import { responseOf } from "../../protocol/usage.js";
import type { RecordedRound } from "../recording.js";

/** A request for a recording that has none: what the response says of it, and encrypted reasoning, so that it can be folded. */
export function madeUpRequest(first: RecordedRound | undefined, model = "gpt-5.5"): string {
  const response = first?.events.map(({ event }) => responseOf(event)).find((found) => found !== undefined);
  const said = ["model", "reasoning", "tools", "prompt_cache_key"]
    .map((name) => [name, response?.[name]] as const)
    .filter(([, value]) => value !== undefined && value !== null);
  const request: JsonObject = {
    model,
    input: [],
    include: ["reasoning.encrypted_content"],
    store: false,
    stream: true,
    ...Object.fromEntries(said),
  };
  return JSON.stringify(request);
}
