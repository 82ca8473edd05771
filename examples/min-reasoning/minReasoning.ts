import { matchesGlob, type ContinueWhen } from "codexcomp";

/**
 * Continues first rounds that thought too little.
 *
 * ```
 * round 1   --r--m--t|                    t: 80 reasoning tokens
 * round 2            --r--m--t|
 *        foldTurn(..., { continueWhen: minReasoning({ "gpt-5.5*": 200 }) })
 * client    --r--------r--m--t|           the answer of round 2, after both thoughts
 * ```
 *
 * @param limits tokens by glob of the model's name; the first glob that matches counts
 */
export function minReasoning(limits: Readonly<Record<string, number>>): ContinueWhen {
  return ({ round, model, usage }) => {
    const [, least = 0] = Object.entries(limits).find(([glob]) => matchesGlob(model, [glob])) ?? [];
    const tooLittle = round === 1 && usage !== undefined && usage.reasoning < least;
    return tooLittle && "min_reasoning";
  };
}
