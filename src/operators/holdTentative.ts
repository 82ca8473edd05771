import type { OperatorFunction } from "rxjs";
import { isItemAdded, isItemDone, isOrdered, type ResponseEvent } from "../protocol/event.js";
import { isClientAction, isTentative, itemOf } from "../protocol/items.js";
import {
  final,
  isEvent,
  type FinalReason,
  type RoundEnd,
  type RoundSignal,
  type Verdict,
} from "../protocol/signals.js";
import { emitEach } from "./emitEach.js";

export interface HoldOptions {
  /** Why this round will not be continued, where that is known before it begins: then nothing is held. */
  readonly barred: FinalReason | undefined;
  /** Bytes that may be held; past it everything goes out and the round is final (`hold_limit`). */
  readonly maxHeldBytes: number;
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
 * reasoning too. What is held leaves inside the round's end, for only {@link ./continueRounds} knows what becomes of it.
 *
 * @returns an operator that passes errors on
 */
export function holdTentative({
  barred,
  maxHeldBytes,
}: HoldOptions): OperatorFunction<RoundSignal, RoundSignal> {
  return emitEach(() => {
    const shown: ResponseEvent[] = [];
    let held: ResponseEvent[] = [];
    let heldBytes = 0;
    let state: "watching" | "holding" | "live" = barred ? "live" : "watching";
    let wentLive: FinalReason | undefined;

    const show = (event: ResponseEvent, emit: (signal: RoundSignal) => void): void => {
      if (isItemDone(event)) shown.push(event);
      emit(event);
    };

    return (signal, emit) => {
      if (!isEvent(signal)) {
        emit(signal.kind === "round_end" ? withHeld(signal, shown, held, wentLive) : signal);
        state = "live";
        return;
      }
      if (state === "watching" && beginsTentative(signal)) {
        state = "holding";
        emit({ kind: "hold_start" });
      }
      if (state !== "holding" || !isOrdered(signal)) return show(signal, emit);

      held.push(signal);
      heldBytes += Buffer.byteLength(signal.data);
      if (heldBytes <= maxHeldBytes) return;
      state = "live";
      wentLive = "hold_limit";
      emit({ kind: "hold_release" });
      for (const event of held) show(event, emit);
      held = [];
    };
  });
}

function withHeld(
  end: RoundEnd,
  shown: readonly ResponseEvent[],
  held: readonly ResponseEvent[],
  wentLive: FinalReason | undefined,
): RoundEnd {
  return { ...end, shown, held, verdict: overruled(end.verdict, shown, wentLive) };
}

/** What went out cannot be taken back: a call may have been run already. */
function overruled(
  verdict: Verdict,
  shown: readonly ResponseEvent[],
  wentLive: FinalReason | undefined,
): Verdict {
  if (verdict.action === "final") return verdict;
  if (wentLive) return final(wentLive);
  return shown.some((done) => isClientAction(itemOf(done))) ? final("released_live") : verdict;
}

/** Deltas of tentative output, for backends that do not announce their items. */
const TENTATIVE_DELTA = /^response\.(output_text|refusal|function_call_arguments|custom_tool_call_input)\./;

function beginsTentative(event: ResponseEvent): boolean {
  return isItemAdded(event) || isItemDone(event)
    ? isTentative(itemOf(event))
    : TENTATIVE_DELTA.test(event.type);
}
