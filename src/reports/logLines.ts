import type { Usage } from "../protocol/usage.js";
import type { RoundReport, TurnReport } from "./turnReport.js";

/**
 * The log's two lines. Their middle parts are shapes that people already grep for:
 * `round 1: in=... out=... reason=... total=... | n=1 buffered=['function_call'] -> continue`.
 */
export function roundLine(id: string, model: string, round: RoundReport): string {
  const { usage, tier, held, verdict, failure } = round;
  const buffered = `[${held.map((type) => `'${type}'`).join(", ")}]`;
  const tokens = usage ? usageText(usage) : "in=? out=? reason=? total=?";
  const why = failure ? ` (${failure})` : "";
  const line = `round ${round.round}: ${tokens} | n=${tier ?? "None"} buffered=${buffered} -> ${word(verdict)}${why}`;
  return `${prefix(id, model)} ${line} ${secondsText(round.seconds)}`;
}

/** The turn's line; sums are over all rounds: what was paid. */
export function turnLine({ id, model, rounds, billed, outcome, stop, seconds }: TurnReport): string {
  const line = `done: ${rounds.length} round(s) | ${usageText(billed)} | status=${outcome} stop=${stop}`;
  return `${prefix(id, model)} ${line} ${secondsText(seconds)}`;
}

function word(verdict: RoundReport["verdict"]): string {
  if (verdict.action === "continue")
    return verdict.reason === "fingerprint" ? "continue" : `continue (${verdict.reason})`;
  if (verdict.reason === "natural") return "clean";
  // A cut that was left alone because it was not meant to be mended, and one that could not be, are told apart.
  return verdict.reason === "model_not_selected" ? `observed (${verdict.reason})` : verdict.reason;
}

function usageText({ input, output, reasoning, total }: Usage): string {
  return `in=${input} out=${output} reason=${reasoning} total=${total}`;
}

function prefix(id: string, model: string): string {
  return `[${id} ${model || "?"}]`;
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)}s`;
}
