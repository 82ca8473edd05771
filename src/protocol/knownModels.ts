import { matchesGlob } from "./globs.js";

/** What folding is known to do for a model's answers. */
export type Gain = "helps" | "no_difference" | "not_measured";

/** What is known of a family of models: what somebody has measured, and nothing else. */
export interface KnownModel {
  readonly glob: string;
  /** Whether responses have been seen to end on the fingerprint more often than by chance. */
  readonly isCut: boolean;
  readonly gain: Gain;
  /** In words, with the numbers. */
  readonly known: string;
  readonly sources: readonly { readonly name: string; readonly url?: string }[];
  /** When this was last looked at, ISO date. */
  readonly checked: string;
  /** Where nobody says otherwise. */
  readonly foldedByDefault: boolean;
}

const ISSUE = { name: "openai/codex#30364", url: "https://github.com/openai/codex/issues/30364" };

/**
 * The one place that says what is known of models. The default of `--models`, the advice of `scan`, `doctor` and `eval`,
 * and docs/models.md (`npm run docs:models`) follow from it. The first glob that matches counts.
 */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    glob: "gpt-5.5*",
    isCut: true,
    gain: "helps",
    known:
      "About 44% of the responses that reach 516 reasoning tokens end exactly there. In 80 runs of one puzzle through the real Codex (2026-07-06), every run that was not continued was cut; 15% were right without continuation, 90% with.",
    sources: [
      ISSUE,
      {
        name: "dzshzx in openai/codex#30364",
        url: "https://github.com/openai/codex/issues/30364#issuecomment-4893087004",
      },
    ],
    checked: "2026-11-25",
    foldedByDefault: true,
  },
  {
    glob: "gpt-5.4*",
    isCut: true,
    gain: "not_measured",
    known:
      "23% of the responses of 516 reasoning tokens and more end exactly on the fingerprint. What continuing gains has not been measured.",
    sources: [{ name: "public responses, counted by this project" }],
    checked: "2026-11-25",
    foldedByDefault: true,
  },
  {
    glob: "gpt-5.6*",
    isCut: true,
    gain: "no_difference",
    known:
      "The same token counts appear (luna, terra), but in 192 runs continuing made no difference. Short thoughts that are no cut are another matter, which no proxy can mend.",
    sources: [{ name: "dzshzx/codexcomp#11", url: "https://github.com/dzshzx/codexcomp/issues/11" }],
    checked: "2026-11-25",
    foldedByDefault: false,
  },
];

/** The globs of the models that are folded where nobody says otherwise. */
export const FOLDED_BY_DEFAULT: readonly string[] = KNOWN_MODELS.filter(
  ({ foldedByDefault }) => foldedByDefault,
).map(({ glob }) => glob);

/** What is known of a model; `undefined` where nobody has looked. */
export function knownModel(model: string): KnownModel | undefined {
  return KNOWN_MODELS.find(({ glob }) => matchesGlob(model, [glob]));
}

/** Whether a model is folded where nobody says otherwise. */
export function isFoldedByDefault(model: string): boolean {
  return matchesGlob(model, FOLDED_BY_DEFAULT);
}

/**
 * True for models that have been seen to reason, so that they can be asked for encrypted reasoning: one that cannot
 * refuses the request. The `chat` variants of a family need not reason.
 */
export function isKnownToReason(model: string): boolean {
  return knownModel(model)?.isCut === true && !/chat/i.test(model);
}
