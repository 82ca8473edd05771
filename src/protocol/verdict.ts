import type { FoldOptions } from "./foldOptions.js";
import { matchesGlob } from "./globs.js";
import { isKnownToReason } from "./knownModels.js";
import { tierOf } from "./fingerprint.js";
import type { JsonEdit } from "./jsonText.js";
import {
  asksForEncryptedReasoning,
  endsWithCompactionTrigger,
  hasReasoningOptions,
  includeEncryptedReasoning,
  type TurnRequest,
} from "./request.js";
import { final, type FinalReason, type Verdict } from "./signals.js";
import { billedUsage, type Usage } from "./usage.js";

/** Turns that are not meant: the client must not be able to tell them from turns without the proxy. */
export const NOT_MEANT: ReadonlySet<FinalReason> = new Set(["observe", "off", "model_not_selected"]);

/**
 * Why a round will not be continued, whatever it brings: known before it begins, so that its output can stream live.
 *
 * @param request the turn
 * @param before the usage of the rounds before it; empty for the client's own request
 * @returns `undefined` while a continuation is possible
 */
export function whyNeverContinued(
  request: TurnRequest,
  before: readonly (Usage | undefined)[],
  options: FoldOptions,
): FinalReason | undefined {
  if (options.mode !== "fold") return options.mode;
  if (!matchesGlob(request.model, options.models)) return "model_not_selected";
  if (endsWithCompactionTrigger(request)) return "compaction_request";
  if (request.json["background"] === true) return "background";
  if (request.json["conversation"] !== undefined && request.json["conversation"] !== null)
    return "conversation";
  if (request.historyUnknown) return "history_unknown";
  if (!hasRoom(request, SMALLEST_ADDED)) return "frame_limit";
  if (!canReason(request)) return "no_encrypted_content";
  if (before.length >= options.maxContinue) return "max_continue";
  if (isBudgetUsedUp(before, options)) return "max_billed_tokens";
  return undefined;
}

/** Whether encrypted reasoning can be asked for. A model that cannot reason refuses the request. */
function canReason(request: TurnRequest): boolean {
  return asksForEncryptedReasoning(request) || hasReasoningOptions(request) || isKnownToReason(request.model);
}

/** Bytes of the thinking of a round cut at 516 tokens, 2841 decoded (docs/adaptive-hold.md), with its nudge. */
const SMALLEST_ADDED = 4000;

/** True if the frame of a continuation may have so many bytes more than what it is built on. */
export function hasRoom({ frame }: Pick<TurnRequest, "frame">, bytes: number): boolean {
  return frame === undefined || frame.bytes + bytes < frame.limit;
}

/** What round 1 must ask for so that it can be continued: encrypted reasoning. Nothing where it never will be. */
export function continuationNeeds(request: TurnRequest, options: FoldOptions): JsonEdit[] {
  return whyNeverContinued(request, [], options) === undefined ? includeEncryptedReasoning(request) : [];
}

/** This round and another one read at least what the round before them read. */
function isBudgetUsedUp(before: readonly (Usage | undefined)[], { maxBilledTokens }: FoldOptions): boolean {
  if (maxBilledTokens === 0) return false;
  return billedUsage(before).total + 2 * (before.at(-1)?.input ?? 0) > maxBilledTokens;
}

/** What is known of a round when it is over. */
export interface RoundFacts {
  readonly round: number;
  /** The terminal was `response.completed`. */
  readonly completed: boolean;
  readonly usage: Usage | undefined;
  /** The terminal says how many reasoning tokens there were. */
  readonly reportsReasoning: boolean;
  /** The round has encrypted reasoning to replay. */
  readonly hasEncryptedReasoning: boolean;
  /** Its output has a call of the client's, or a message that is no commentary. */
  readonly answered: boolean;
  /** {@link whyNeverContinued} */
  readonly barred: FinalReason | undefined;
  /** Tokens of the rounds before this one. */
  readonly billedBefore: number;
  readonly model: string;
  /** The request's `reasoning.effort`. */
  readonly effort: string | undefined;
}

/** Judges a finished round. Pure: everything it depends on is in its arguments. */
export function judge(facts: RoundFacts, options: FoldOptions): Verdict {
  if (!facts.completed) return final("not_completed");
  const tier = tierOf(facts.usage?.reasoning);
  const reason = tier === undefined ? unusualReason(facts, options) : "fingerprint";
  if (reason === undefined) return final("natural");
  if (facts.barred && NOT_MEANT.has(facts.barred)) return final(facts.barred);
  if (tier !== undefined && !inWindow(tier, options)) return final("tier_out_of_window");
  if (facts.barred) return final(facts.barred);
  if (!NUDGED_AGAIN.has(reason) && !facts.hasEncryptedReasoning) return final("no_encrypted_content");
  if (wouldPassBudget(facts, options)) return final("max_billed_tokens");
  return { action: "continue", reason };
}

/** Continuations that are asked again with the thinking there is, were it only that of the rounds before. */
const NUDGED_AGAIN: ReadonlySet<string> = new Set(["stalled", "no_answer"]);

/** Why a round that is not on the fingerprint should be continued all the same. */
function unusualReason(facts: RoundFacts, options: FoldOptions): string | undefined {
  const { round, usage, reportsReasoning, answered } = facts;
  if (round > 1 && reportsReasoning && usage?.reasoning === 0) return "stalled";
  // Round 1 without an answer is what the client would have had anyway.
  if (round > 1 && !answered) return "no_answer";
  const own = usersVerdict(facts, options);
  return own === true ? "continue_when" : own || undefined;
}

/** A verdict of the user's own that throws is none: the answer must not be lost with it. */
function usersVerdict(
  { round, model, effort, usage }: RoundFacts,
  { continueWhen }: FoldOptions,
): boolean | string | undefined {
  try {
    return continueWhen?.({ round, model, effort, usage });
  } catch {
    return undefined;
  }
}

function inWindow(tier: number, { minTier, maxTier }: FoldOptions): boolean {
  return tier >= minTier && (maxTier === 0 || tier <= maxTier);
}

/** The next round costs at least this one's input and its replayed reasoning; what it adds is not known yet. */
function wouldPassBudget({ usage, billedBefore }: RoundFacts, { maxBilledTokens }: FoldOptions): boolean {
  if (maxBilledTokens === 0 || !usage) return false;
  return billedBefore + usage.total + usage.input + usage.reasoning > maxBilledTokens;
}
