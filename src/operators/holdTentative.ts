import type { OperatorFunction } from "rxjs";
import { isItemAdded, isItemDone, isOrdered, type ResponseEvent } from "../protocol/event.js";
import { thinkingOf, type LiveDecision, type Thinking } from "../protocol/liveOutput.js";
import { isClientAction, isTentative, isTentativeDelta, itemOf, namesOf } from "../protocol/items.js";
import { final, isEvent, type FinalReason, type RoundSignal, type Verdict } from "../protocol/signals.js";
import { emitEach } from "./emitEach.js";

/** How {@link holdTentative} may hold. */
export interface HoldOptions {
  /** Why this round will not be continued, where that is known before it begins: then nothing is held. */
  readonly barred: FinalReason | undefined;
  /** Bytes that may be held; past it everything goes out and the round is final (`hold_limit`). */
  readonly maxHeldBytes: number;
  /** Whether tentative output may go out live, from what is known of the thinking so far. Default: never. */
  readonly decide?: (thinking: Thinking) => LiveDecision;
}

/**
 * Keeps tentative output back until the round's verdict; the thinking streams live.
 *
 * ```
 * round   --r--m--d--q--E|     r: reasoning, m d: a message, q: codex.rate_limits
 *        holdTentative()
 * result  --r--H-----q--E|     H: hold start, E: {held: [m, d]}
 * ```
 *
 * From the first tentative item on, everything that has a place in the upstream's order waits behind it, later
 * reasoning too. Where `decide` says that the thinking was not cut, output goes out live instead, until the round
 * thinks again. What is held leaves inside the round's end, for only `continueRounds` knows what becomes of it.
 *
 * @returns an operator that passes errors on
 */
export function holdTentative({
  barred,
  maxHeldBytes,
  decide = HOLD_ALWAYS,
}: HoldOptions): OperatorFunction<RoundSignal, RoundSignal> {
  return emitEach((emit) => {
    const items: ResponseEvent[] = [];
    const shown: ResponseEvent[] = [];
    const begun = new Set<unknown>();
    let acted = false;
    let held: ResponseEvent[] = [];
    let heldBytes = 0;
    let state: "watching" | "holding" | "live" = barred ? "live" : "watching";
    let announced = false;
    let live: LiveDecision | undefined;
    let wentLive: FinalReason | undefined;

    /** Asked for every tentative item, for a round that went live may think again. One begun live ends live. */
    const mayGoLive = (event: ResponseEvent): boolean => {
      if (begun.size > 0 && namesOf(event).some((name) => begun.has(name))) return true;
      const decision = decide(thinkingOf(items));
      if (decision.live || !live?.live) live = decision;
      if (decision.live) namesOf(event).forEach((name) => begun.add(name));
      return decision.live;
    };

    const show = (event: ResponseEvent): void => {
      if (isItemDone(event)) shown.push(event);
      acted ||= isItem(event) && isClientAction(itemOf(event));
      emit(event);
    };

    return (signal) => {
      if (!isEvent(signal)) {
        if (signal.kind !== "round_end") return emit(signal);
        const verdict = overruled(signal.verdict, acted, wentLive);
        emit({ ...signal, verdict, shown, begun, held, live, thinking: thinkingOf(items) });
        state = "live";
        return;
      }
      // What stood before its response is not of it, and must not take the announcement along when it is discarded.
      if (signal.type === "response.created" && state === "holding" && items.length === 0) {
        state = "watching";
        emit({ kind: "hold_release" });
        held.forEach(show);
        [held, heldBytes] = [[], 0];
      }
      announced ||= isItemAdded(signal);
      const begins = isItem(signal) ? isTentative(itemOf(signal)) : !announced && isTentativeDelta(signal);
      if (isItem(signal)) items.push(signal);
      if (state === "watching" && begins && !mayGoLive(signal)) {
        state = "holding";
        emit({ kind: "hold_start" });
      }
      if (state !== "holding" || !isOrdered(signal)) return show(signal);

      held.push(signal);
      heldBytes += Buffer.byteLength(signal.data);
      if (heldBytes <= maxHeldBytes) return;
      state = "live";
      wentLive = "hold_limit";
      emit({ kind: "hold_release" });
      held.forEach(show);
      held = [];
    };
  });
}

const HOLD_ALWAYS = (): LiveDecision => ({ live: false, bytes: 0, reason: "always held" });

/** What went out cannot be taken back: a call, once begun, has to be finished, and may have been run already. */
function overruled(verdict: Verdict, acted: boolean, wentLive: FinalReason | undefined): Verdict {
  if (verdict.action === "final") return verdict;
  if (wentLive) return final(wentLive);
  return acted ? final("released_live") : verdict;
}

function isItem(event: ResponseEvent): boolean {
  return isItemAdded(event) || isItemDone(event);
}
