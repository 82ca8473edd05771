import { asObject, parseJsonObject } from "../protocol/event.js";
import type { Usage } from "../protocol/usage.js";
import type { World } from "./rehearsal/worlds.js";
import { keyOf, type RunName } from "./plan.js";

/** What came of a run. `timeout` counts as not right: to whoever waits it is none. */
export type RunVerdict = "right" | "wrong" | "missing" | "timeout";

/** A round, as far as it matters here. */
export interface RunRound {
  /** Counted from 1; there are more than one where the model used tools all the same. */
  readonly turn: number;
  /** Reasoning tokens; absent where the upstream told none. */
  readonly reasoning?: number;
  /** Where it ended on the fingerprint. */
  readonly tier?: number;
}

/** One line of `results.jsonl`. Of what was said it has the answer line alone. */
export interface RunResult extends RunName {
  /** When it began, ISO 8601. */
  readonly time: string;
  readonly verdict: RunVerdict;
  /** What stood behind `ANSWER:`, where something did. */
  readonly answer?: string;
  readonly rounds: readonly RunRound[];
  /** Rounds beyond the first of each turn. */
  readonly continuations: number;
  /** Tools that were used, though the prompt forbids it. */
  readonly tools: number;
  /** What the account paid, over all rounds. */
  readonly usage: Usage;
  readonly seconds: number;
  /** Codex' version. */
  readonly codex: string;
  /** The world of a rehearsal; absent where it was none. */
  readonly rehearsal?: World;
}

/**
 * Reads a file of results. Lines that are torn, or written by a version with other words, are passed over; of two
 * results of the same run the first counts.
 *
 * @param rehearsal those of that world; `undefined`: of the real one
 * @returns by {@link keyOf}
 */
export function readResults(text: string, rehearsal?: World): Map<string, RunResult> {
  const results = new Map<string, RunResult>();
  for (const line of text.split("\n")) {
    const result = parseJsonObject(line);
    if (!result || !isResult(result) || result.rehearsal !== rehearsal) continue;
    const key = keyOf(result);
    if (!results.has(key)) results.set(key, result);
  }
  return results;
}

const VERDICTS: readonly unknown[] = ["right", "wrong", "missing", "timeout"] satisfies RunVerdict[];

function isResult(value: object): value is RunResult {
  const result = value as Record<string, unknown>;
  return (
    ["model", "effort", "task"].every((name) => typeof result[name] === "string") &&
    ["seed", "difficulty", "seconds", "continuations", "tools"].every(
      (name) => typeof result[name] === "number",
    ) &&
    ["observe", "fold"].includes(result["arm"] as string) &&
    VERDICTS.includes(result["verdict"]) &&
    typeof asObject(result["usage"])?.["total"] === "number" &&
    Array.isArray(result["rounds"]) &&
    result["rounds"].every((round) => asObject(round) !== undefined)
  );
}
