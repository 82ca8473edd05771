/** What the fold may do. Edges validate these once; inside they are plain readonly values. */
export interface FoldOptions {
  /** `fold` continues truncated rounds; `observe` only reports them; `off` does not even look. */
  readonly mode: "fold" | "observe" | "off";
  /** Globs (`*`, `?`) of the models whose turns may be folded. */
  readonly models: readonly string[];
  /** The lowest tier that is continued. */
  readonly minTier: number;
  /** The highest tier that is continued; 0 = no upper cap. */
  readonly maxTier: number;
  /** The most continuations in one turn. */
  readonly maxContinue: number;
  /** Tokens over all rounds that a turn may not pass by another continuation; 0 = no limit. */
  readonly maxBilledTokens: number;
  /** The text of the commentary message that ends a continuation's input. */
  readonly nudge: string;
  /** Bytes of output that may be held in one round before it goes live. */
  readonly maxHeldBytes: number;
  /** `adaptive` lets output stream live where the size of the reasoning says that it was not cut; `always` holds it. */
  readonly hold: "adaptive" | "always";
  /** Globs of the models whose reasoning sizes are known well enough for `adaptive`. */
  readonly liveModels: readonly string[];
  /** Seconds of silence, while output is held, after which the client hears a repeated `response.in_progress`. */
  readonly keepAliveSeconds: number;
}

export const DEFAULT_FOLD_OPTIONS: FoldOptions = {
  mode: "fold",
  models: ["*"],
  minTier: 1,
  maxTier: 6,
  maxContinue: 3,
  maxBilledTokens: 0,
  nudge: "Continue thinking...",
  maxHeldBytes: 32 * 1024 * 1024,
  hold: "adaptive",
  liveModels: ["gpt-5.4*", "gpt-5.5*", "gpt-5.6*"],
  keepAliveSeconds: 15,
};

/** True if a name matches one of the globs; `*` is any run of characters, `?` any one. */
export function matchesGlob(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => globToRegExp(glob).test(name));
}

function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i");
}
