import { SIGNIFICANT, smallestVisibleGain } from "./statistics.js";
import type { ConditionSummary } from "./summary.js";

/** What an evaluation shows of one condition. */
export type EvalVerdict = "helps" | "hurts" | "no_difference" | "nothing_cut";

/** A verdict, and one sentence in plain words. */
export interface Judgement {
  readonly verdict: EvalVerdict;
  readonly sentence: string;
}

/** Judges a condition. */
export function judgeCondition(summary: ConditionSummary): Judgement {
  const { arms, gained, lost, p } = summary;
  const pairs = arms.fold.runs;
  if (pairs === 0)
    return { verdict: "no_difference", sentence: "no pair is complete: nothing can be said yet" };
  if (arms.observe.cutRounds + arms.fold.cutRounds === 0)
    return { verdict: "nothing_cut", sentence: "nothing was cut: there is nothing to fold" };
  if (p >= SIGNIFICANT)
    return { verdict: "no_difference", sentence: `no difference seen; ${notShown(pairs)}` };
  const verdict = gained > lost ? "helps" : "hurts";
  const points = `${signed((100 * (gained - lost)) / pairs)} points, ${likelihood(p)}`;
  return { verdict, sentence: `folding ${verdict} (${points})${atTokens(summary)}` };
}

/** `p = 0.002`, `p < 0.001` */
export function likelihood(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

/** `+58`, `-25`, `0` */
export function signed(points: number): string {
  const whole = Math.round(points);
  return whole > 0 ? `+${whole}` : String(whole === 0 ? 0 : whole);
}

function notShown(pairs: number): string {
  const gain = smallestVisibleGain(pairs);
  const many = pairs === 1 ? "1 pair" : `${pairs} pairs`;
  if (gain === undefined) return `with ${many} no gain would show`;
  // Rounded up: a gain of so many points does show.
  return `with ${many} a gain under ${Math.ceil(100 * gain)} points would not show`;
}

function atTokens({ arms }: ConditionSummary): string {
  if (arms.observe.tokens === 0) return "";
  return `, at ${(arms.fold.tokens / arms.observe.tokens).toFixed(1)} times the tokens`;
}
