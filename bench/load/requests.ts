import type { JsonObject } from "../../src/protocol/event.js";
import { playing, type Play } from "../processes/play.js";

const SYLLABLES = "the of re con ing tion er an in it is as at for per sub ex de un ly al ty mo da ra".split(
  " ",
);

/** What Codex sends in every request, by size (seen): 10 KB of tools, and over POST 21 KB of instructions. */
const TOOLS = Array.from({ length: 10 }, (_, n) => ({
  type: "function",
  name: `tool_${n}`,
  strict: false,
  description: prose(700, n),
  parameters: { type: "object", properties: { input: { type: "string", description: prose(150, n) } } },
}));

const COMMON: JsonObject = {
  model: "gpt-5.5",
  tools: TOOLS,
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: { effort: "high", summary: "auto" },
  store: false,
  stream: true,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "0199a000-0000-7000-8000-000000000000",
};

/** A POST's body, of 32 KB. @param fields what it says differently */
export function postBody(play: Play, fields: JsonObject = {}): string {
  return JSON.stringify({
    ...COMMON,
    instructions: prose(21_000, 1),
    input: [message(prose(500, 2))],
    ...playing(play),
    ...fields,
  });
}

let frames = 0;

/**
 * A `response.create` frame that goes on from a response.
 *
 * @param bytes of the new input item
 * @param seed of its text, which compresses better or worse; another one for every frame
 */
export function createFrame(
  play: Play,
  bytes: number,
  previous: string | undefined,
  seed: number = ++frames,
): string {
  const output = prose(bytes, seed);
  return JSON.stringify({
    type: "response.create",
    ...COMMON,
    input: [
      previous === undefined ? message(output) : { type: "function_call_output", call_id: "call_1", output },
    ],
    ...(previous !== undefined && { previous_response_id: previous }),
    ...playing(play),
  });
}

function message(text: string): JsonObject {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}

/** Words that compress about as well as prose and code do. */
function prose(length: number, seed: number): string {
  let state = seed + 1;
  let text = "";
  while (text.length < length) {
    state = (state * 1103515245 + 12345) % 2147483648;
    text += `${SYLLABLES[(state >> 8) % SYLLABLES.length]}${state % 3 === 0 ? " " : ""}`;
  }
  return text.slice(0, length);
}
