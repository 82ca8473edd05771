import { matchesGlob } from "../protocol/globs.js";
import { FOLDED_BY_DEFAULT, isFoldedByDefault } from "../protocol/knownModels.js";
import type { Condition } from "./plan.js";
import type { EvalVerdict } from "./verdict.js";

/**
 * What to do about a model, after it was evaluated.
 *
 * @param verdicts of all its efforts
 */
export function adviceFor({ model }: Pick<Condition, "model">, verdicts: readonly EvalVerdict[]): string {
  const folded = isFoldedByDefault(model);
  if (verdicts.includes("hurts"))
    return folded
      ? `${model} is folded by default, and should not be: models: [${listed(FOLDED_BY_DEFAULT.filter((glob) => !matchesGlob(model, [glob])))}]`
      : `${model} is not folded by default: leave it so`;
  if (verdicts.includes("helps"))
    return folded
      ? `${model} is folded by default: there is nothing to do`
      : `fold it too, in codexcomp.config.mjs: models: [${listed([...FOLDED_BY_DEFAULT, model])}]`;
  if (verdicts.every((verdict) => verdict === "nothing_cut"))
    return `${model} was not cut here: there is nothing to do; "codexcomp scan" tells whether it is in your own work`;
  return folded
    ? `${model} is folded by default; where more pairs show no difference either, --mode observe saves the tokens`
    : `${model} is not folded by default: leave it so, unless more pairs show a gain`;
}

function listed(globs: readonly string[]): string {
  return globs.map((glob) => JSON.stringify(glob)).join(", ");
}
