import type { MonoTypeOperatorFunction } from "rxjs";
import { isItemDone, type ResponseEvent } from "../protocol/event.js";
import { splitHeld } from "../protocol/held.js";
import { isAnswer, itemOf } from "../protocol/items.js";
import { isEvent, type RoundEnd, type TurnEnd, type TurnSignal } from "../protocol/signals.js";
import { emitEach } from "./emitEach.js";

/** A complete round that is released where nothing better comes. */
interface Fallback {
  readonly end: RoundEnd;
  /** What the client has not had of it. */
  left: readonly ResponseEvent[];
}

/**
 * Decides what the client gets of each round, and which one ends the turn: half of `continueRounds`.
 *
 * ```
 * rounds  --r1--E1--r2--E2--|      E1: continue, held [m1, s1]; s1: thinking that waited behind m1
 *        settleRounds()
 * turn    --r1--E1--(s1 r2)--(E2 m2 T)--|      E2: final, held [m2]
 * turn    --r1--E1--(s1 r2)--(E2 m1 T)--|      E2: failed, or without an answer
 * ```
 *
 * @returns an operator that errors with the failure of the round that is released
 */
export function settleRounds(): MonoTypeOperatorFunction<TurnSignal> {
  return emitEach((emit) => {
    const rounds: RoundEnd[] = [];
    const given: { readonly round: number; readonly event: ResponseEvent }[] = [];
    let fallback: Fallback | undefined;
    /** The round that is being continued, while its thinking that waited behind discarded output is not shown. */
    let waiting: RoundEnd | undefined;

    const give = (event: ResponseEvent, round: number): void => {
      if (isItemDone(event) && itemOf(event)) given.push({ round, event });
      emit(event);
    };
    /** Once its continuation has opened, the thinking goes out. */
    const showThinking = (): void => {
      if (!waiting) return;
      const { thinking, tentative } = splitHeld(waiting.held, waiting.begun);
      for (const event of thinking) give(event, waiting.round);
      if (fallback?.end === waiting) fallback.left = tentative;
      waiting = undefined;
    };
    const release = (
      released: RoundEnd,
      events: readonly ResponseEvent[],
      reason: TurnEnd["reason"],
    ): void => {
      for (const event of events) give(event, released.round);
      const since = given.filter(({ round }) => round >= released.round).map(({ event }) => event);
      emit({ kind: "turn_end", rounds, released, reason, given: since });
      if (released.failure) throw released.failure.error;
    };

    return (signal) => {
      if (isEvent(signal)) {
        showThinking();
        return give(signal, rounds.length + 1);
      }
      emit(signal);
      if (signal.kind !== "round_end") return;

      rounds.push(signal);
      const completed = signal.terminal?.type === "response.completed";
      if (signal.verdict.action === "continue") {
        showThinking();
        waiting = signal;
        if (signal.answered || !fallback?.end.answered) fallback = { end: signal, left: signal.held };
      } else if (fallback && !completed) {
        release(fallback.end, hasCommitted(signal) ? [] : fallback.left, "continuation_failed");
      } else {
        showThinking();
        if (fallback?.end.answered && !signal.answered) release(fallback.end, fallback.left, "no_answer");
        else release(signal, signal.held, signal.verdict.reason);
      }
    };
  });
}

/**
 * True if a whole answer or call of the round went out: releasing another beside it would answer, or act, twice.
 * Commentary is no answer: with nothing released beside it the turn would end without one.
 */
function hasCommitted({ shown }: RoundEnd): boolean {
  return shown.map(itemOf).some(isAnswer);
}
