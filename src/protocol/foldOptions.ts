import type { JsonObject } from "./event.js";
import { FOLDED_BY_DEFAULT } from "./knownModels.js";
import type { Usage } from "./usage.js";

/** Makes the nudge of one continuation. */
export type Nudge = (next: { readonly round: number; readonly reason: string }) => string | JsonObject;

/** What a user's own verdict is asked about: a completed round that is not on the fingerprint. */
export interface FinishedRound {
  /** 1 for the client's own request. */
  readonly round: number;
  readonly model: string;
  /** The request's `reasoning.effort`. */
  readonly effort: string | undefined;
  readonly usage: Usage | undefined;
}

/**
 * Says whether a round should be continued although it is not on the fingerprint. A string is the reason that logs
 * and reports give.
 */
export type ContinueWhen = (round: FinishedRound) => boolean | string;

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
  /** What ends a continuation's input: the text of a commentary message, or a function that makes the text or the item. */
  readonly nudge: string | Nudge;
  /** A verdict of your own beside the fingerprint, with the same budgets. */
  readonly continueWhen?: ContinueWhen | undefined;
  /** Bytes of output that may be held in one round before it goes live. */
  readonly maxHeldBytes: number;
  /** `adaptive` lets output stream live where the size of the reasoning says that it was not cut; `always` holds it. */
  readonly hold: "adaptive" | "always";
  /** Globs of the models whose reasoning sizes are known well enough for `adaptive`. */
  readonly liveModels: readonly string[];
  /** Seconds of silence, while output is held, after which the client hears a repeated `response.in_progress`. */
  readonly keepAliveSeconds: number;
}

/** What the fold may do where nobody says otherwise. */
export const DEFAULT_FOLD_OPTIONS: FoldOptions = {
  mode: "fold",
  models: FOLDED_BY_DEFAULT,
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
