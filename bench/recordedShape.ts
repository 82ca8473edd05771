import { round, type Round, type RoundContext } from "../src/testing/index.js";

/**
 * Rounds with the shape of a recorded one (gpt-5.5, effort high): 538 events, 216 KB, of which the three events with
 * the whole response object are 22 KB each, 184 summary deltas in two parts, and 338 answer deltas.
 */
export interface Shape {
  /** Reasoning tokens reported; none of ours is on the fingerprint. */
  readonly reasoningTokens: number;
  /** Decoded size of the reasoning's `encrypted_content` in bytes: under 2000 the answer streams live. */
  readonly thoughtBytes: number;
  /** Deltas of each of the two summary parts. */
  readonly summaryDeltas: readonly [number, number];
  readonly answerDeltas: number;
}

/** What was recorded, but for one token of reasoning: with it the round would be continued. */
export const RECORDED: Shape = {
  reasoningTokens: 517,
  thoughtBytes: 3129,
  summaryDeltas: [87, 97],
  answerDeltas: 338,
};

/** What was recorded: on the fingerprint. */
export const CUT: Shape = { ...RECORDED, reasoningTokens: 516 };

/** The same amount of everything, with so little thought that the answer streams live. */
export const BRIEF_THOUGHT: Shape = { ...RECORDED, reasoningTokens: 200, thoughtBytes: 1593 };

/** A quick reply. */
export const SHORT: Shape = {
  reasoningTokens: 40,
  thoughtBytes: 873,
  summaryDeltas: [3, 3],
  answerDeltas: 50,
};

/** The size of the recorded round's `instructions`, which its response object repeats. */
const INSTRUCTIONS = "You are a careful assistant. ".repeat(730).slice(0, 20_900);

/** @returns the events' JSON texts */
export function roundOf({
  reasoningTokens,
  thoughtBytes,
  summaryDeltas,
  answerDeltas,
}: Shape): readonly string[] {
  const built: Round = round()
    .reasoning({ tokens: reasoningTokens, bytes: thoughtBytes, summary: summaryDeltas.map(words) })
    .message(words(answerDeltas), { phase: "final_answer" })
    .completed({ output: "empty" });
  return built.answering(CONTEXT);
}

const CONTEXT: RoundContext = {
  seed: "bench",
  account: "",
  createdAt: 1782741513,
  inputTokens: 4582,
  request: { model: "gpt-5.5", instructions: INSTRUCTIONS, include: ["reasoning.encrypted_content"] },
};

/** A text of so many words, each of which becomes one delta. */
function words(count: number): string {
  return "so".padEnd(3 * count + 2 - 3, " it");
}
