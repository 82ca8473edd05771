import { knownModel, isFoldedByDefault } from "./knownModels.js";

/** What to do about a model. */
export interface ModelAdvice {
  readonly foldedByDefault: boolean;
  /** In words: what is known, and what to do. */
  readonly text: string;
}

/**
 * Advice for a model, of what is known of it and what was seen.
 *
 * @param affected whether its responses were cut more often than by chance, where the numbers tell
 */
export function adviceFor(model: string, affected: boolean | undefined): ModelAdvice {
  const folded = isFoldedByDefault(model);
  return {
    foldedByDefault: folded,
    text: `${folded ? "folded" : "not folded"} by default; ${todo(model, affected)}`,
  };
}

const EVAL = "find out with codexcomp eval";

function todo(model: string, affected: boolean | undefined): string {
  const known = knownModel(model);
  if (affected === undefined) return "too few responses to tell: nothing to do yet";
  if (!affected) return "nothing to do";
  if (known?.gain === "helps") return "folding helps it (measured): nothing to do but run codexcomp";
  if (known?.gain === "no_difference")
    return `folding made no difference (measured); to fold it all the same: --models '${model}'`;
  if (known?.foldedByDefault) return `what that gains was not measured: ${EVAL} --model ${model}`;
  return `nobody knows whether folding helps: ${EVAL} --model ${model}, and fold it with --models if it does`;
}
