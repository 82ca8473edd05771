import type { ResponseEvent } from "./event.js";
import type { LiveDecision, Thinking } from "./liveOutput.js";
import type { Usage } from "./usage.js";

/**
 * What travels between the pipeline's operators beside the events themselves. An event has no `kind`;
 * the last operator lets only events through.
 */

/** Why a round is the turn's last one. */
export type FinalReason =
  /** not on the fingerprint: a finished answer */
  | "natural"
  /** on the fingerprint, but outside `minTier..maxTier` */
  | "tier_out_of_window"
  /** on the fingerprint, but `maxContinue` continuations are used up */
  | "max_continue"
  /** another continuation would pass `maxBilledTokens` */
  | "max_billed_tokens"
  /** on the fingerprint, but there is no encrypted reasoning to replay */
  | "no_encrypted_content"
  /** the input ends with a `compaction_trigger` */
  | "compaction_request"
  | "background"
  | "conversation"
  /** the conversation so far is not known here (WebSocket: a response of another connection) */
  | "history_unknown"
  | "model_not_selected"
  /** mode `observe`: fingerprints are reported, nothing is continued */
  | "observe"
  | "off"
  /** the continuation was refused, could not be opened or died */
  | "continuation_failed"
  /** the turn's last rounds ended without an answer: the last that has one is released */
  | "no_answer"
  /** the continuation's frame would be larger than the upstream takes */
  | "frame_limit"
  /** more was held, or was to be collected, than `maxHeldBytes`, so it went out */
  | "hold_limit"
  /** a call that the client may have run went out before the verdict */
  | "released_live"
  /** ended with another terminal than `response.completed` */
  | "not_completed"
  /** the stream ended, or died, without a terminal */
  | "no_terminal";

/** What becomes of a round once it is over. */
export type Verdict =
  | {
      readonly action: "continue";
      /**
       * `fingerprint`; of a continuation `stalled` (no reasoning at all) and `no_answer` (nothing but reasoning and
       * commentary); or a user's own word
       */
      readonly reason: string;
    }
  | { readonly action: "final"; readonly reason: FinalReason };

export const final = (reason: FinalReason): Verdict => ({ action: "final", reason });

/** A round is over; it is the last signal of its round (trailing events of a natural round 1 may follow). */
export interface RoundEnd {
  readonly kind: "round_end";
  /** 1 for the client's own request, 2, 3, ... for continuations. */
  readonly round: number;
  readonly verdict: Verdict;
  /** The tier, where the round ended on the fingerprint, in the window or not. */
  readonly tier: number | undefined;
  /** The event that ended the round; absent when the stream ended or died without one. */
  readonly terminal: ResponseEvent | undefined;
  /** The stream's error, where it died. */
  readonly failure: { readonly error: unknown } | undefined;
  readonly usage: Usage | undefined;
  /** A whole answer is among its output: a call of the client's, or a message that is no commentary. */
  readonly answered: boolean;
  /** The `output_item.done` events that went out before the round was over, in order. They cannot be taken back. */
  readonly shown: readonly ResponseEvent[];
  /** Names of the tentative items that began before the hold: whatever is left of them has to go out too. */
  readonly begun?: ReadonlySet<unknown>;
  /** The thinking it came with, held or not. */
  readonly thinking: Thinking;
  /** Why tentative output was held or went out live; absent where none came, or none could be continued anyway. */
  readonly live?: LiveDecision | undefined;
  /** What was kept back, in upstream order: tentative output and whatever came after it. */
  readonly held: readonly ResponseEvent[];
}

/** Output is being kept back from here on. */
export interface HoldStart {
  readonly kind: "hold_start";
}

/** What was kept back is going out; the round streams live from here on. */
export interface HoldRelease {
  readonly kind: "hold_release";
}

/** A continuation is being opened. */
export interface RoundStart {
  readonly kind: "round_start";
  readonly round: number;
}

/** The turn's outcome is known. Comes once a turn, where its terminal (if it has one) belongs. */
export interface TurnEnd {
  readonly kind: "turn_end";
  /** All rounds in order, failed ones included. */
  readonly rounds: readonly RoundEnd[];
  /** The round whose answer the client gets. */
  readonly released: RoundEnd;
  /** Why it stopped there. */
  readonly reason: FinalReason;
  /** The `output_item.done` events of the released round, and of those after it, that went out, in order. */
  readonly given: readonly ResponseEvent[];
}

/**
 * The first of an answer or a call has gone out to the client, as it came or from what was held. Once in what goes
 * out during a round, and only for who observes it: no operator emits it.
 */
export interface FirstWord {
  readonly kind: "first_word";
}

/** What a round's operators emit. */
export type RoundSignal = ResponseEvent | HoldStart | HoldRelease | RoundEnd;

/** What the turn's operators emit, until the last of them lets only events through. */
export type TurnSignal = RoundSignal | RoundStart | TurnEnd;

/** True for an event, false for a signal. */
export function isEvent(signal: TurnSignal): signal is ResponseEvent {
  return signal.kind === undefined;
}
