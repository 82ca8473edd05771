import { adviceFor } from "../../evaluation/advice.js";
import { ARMS } from "../../evaluation/plan.js";
import type { ConditionSummary } from "../../evaluation/summary.js";
import { judgeCondition, type Judgement } from "../../evaluation/verdict.js";

/** A condition with its verdict. */
export type Judged = ConditionSummary & Judgement;

export function judged(summaries: readonly ConditionSummary[]): Judged[] {
  return summaries.map((summary) => ({ ...summary, ...judgeCondition(summary) }));
}

/** What `--json` prints. */
export function toJson(conditions: readonly Judged[]): object {
  return {
    conditions: conditions.map(({ model, effort, arms, p, verdict, sentence }) => ({
      model,
      effort,
      arms: Object.fromEntries(ARMS.map((arm) => [arm, arms[arm]])),
      p,
      verdict,
      sentence,
    })),
  };
}

/** What to do, model by model; nothing of models of which nothing is known yet. */
export function advice(conditions: readonly Judged[]): string[] {
  const models = [...new Set(conditions.map(({ model }) => model))];
  return models.flatMap((model) => {
    const known = conditions.filter((each) => each.model === model && each.arms.fold.runs > 0);
    return known.length === 0 ? [] : [adviceFor({ model }, known.map(({ verdict }) => verdict))]; // oxfmt-ignore
  });
}

/** What a reader should know of a condition's runs beside the numbers. */
export function remarks({ arms: { observe, fold }, open, codex }: Judged): string[] {
  const of = (name: "missing" | "timeouts" | "withTools"): number => observe[name] + fold[name];
  const runs = (count: number): string => (count === 1 ? "1 run" : `${count} runs`);
  return [
    ...(open > 0 ? [`${open === 1 ? "1 pair is" : `${open} pairs are`} not complete, and not counted.`] : []),
    ...(of("missing") > 0 ? [`${runs(of("missing"))} ended without an answer line.`] : []),
    ...(of("timeouts") > 0
      ? [`${runs(of("timeouts"))} took longer than --timeout; that counts as not right.`]
      : []),
    ...(of("withTools") > 0 ? [`${runs(of("withTools"))} used tools, though the prompt forbids it.`] : []),
    ...(codex.length > 1 ? [`The runs are of several versions: ${codex.join(", ")}.`] : []),
  ];
}
