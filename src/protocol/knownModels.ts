import { matchesGlob } from "./globs.js";

/** What folding is known to do for a model. */
export type Gain = "helps" | "no_difference" | "not_measured" | "unknown";

/** What is known of a model: measured by somebody, and nothing else. */
export interface KnownModel {
  /** `*` is any run of characters. */
  readonly glob: string;
  /** Whether responses end on the fingerprint more often than by chance; `undefined`: nobody has looked. */
  readonly isCut: boolean | undefined;
  readonly gain: Gain;
  /** In words, with the numbers. */
  readonly known: string;
  /** Where it was told, and when it was last looked at (ISO date). */
  readonly source: string;
  readonly date: string;
  /** Where nobody says otherwise. */
  readonly foldedByDefault: boolean;
}
