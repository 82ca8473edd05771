import {
  EMPTY,
  concat,
  defer,
  expand,
  filter,
  of,
  takeWhile,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from "rxjs";
import { isLifecycle, type ResponseEvent } from "../protocol/event.js";
import { splitHeld } from "../protocol/held.js";
import { isTentative, itemOf } from "../protocol/items.js";
import {
  isEvent,
  type RoundEnd,
  type RoundSignal,
  type TurnEnd,
  type TurnSignal,
} from "../protocol/signals.js";
import { emitEach } from "./emitEach.js";

/**
 * Opens the next round.
 *
 * @param rounds the rounds so far, all with the verdict `continue`
 * @returns the round's signals, its operators applied; unsubscribing aborts it
 */
export type OpenNext = (rounds: readonly RoundEnd[]) => Observable<RoundSignal>;

/**
 * Goes on from round to round while the verdict is `continue`, and settles what the client gets of each.
 *
 * ```
 * round 1   --r1--E1|               E1: continue, held [m1]
 * round 2           --r2--E2|       E2: final, held [m2]
 *        continueRounds(() => round 2)
 * turn      --r1--E1S-r2--(E2 m2 T|)     S: round start, T: turn end; m1 left no trace
 *
 * round 2           --r2--#          the continuation dies
 * turn      --r1--E1S-r2--(E2 m1 T|)     the last complete round is released
 * ```
 *
 * Round 1 that dies without a terminal passes on as it was: what was held, then the error (or the bare end).
 *
 * `expand` sees every event, not the ends alone: that is 0.2 µs an event, 3 to 5 % of a clean round that comes in one
 * burst and 1 % of one that streams, and it is the whole recursion in one line.
 *
 * @param openNext called once for each continuation
 * @returns an operator that errors only with round 1's own failure
 */
export function continueRounds(openNext: OpenNext): OperatorFunction<RoundSignal, TurnSignal> {
  return (roundOne) =>
    defer(() => {
      const rounds: RoundEnd[] = [];
      const roundAfter = (end: RoundEnd): Observable<TurnSignal> => {
        rounds.push(end);
        return continuation(openNext, [...rounds]).pipe(overBeforeItsEnd());
      };
      return roundOne.pipe(
        overBeforeItsEnd(),
        expand((signal) => (isContinued(signal) ? roundAfter(signal) : EMPTY)),
        settle(),
      );
    });
}

/** The end of a round whose verdict is `continue`. */
function isContinued(signal: TurnSignal): signal is RoundEnd {
  return signal.kind === "round_end" && signal.verdict.action === "continue";
}

/**
 * Tears a continued round down before its end goes out, for the next round may be asked for on the same WebSocket lane.
 *
 * ```
 * round   --r--E---       E: continue
 * subs    ^----!
 *        overBeforeItsEnd()
 * result  --r--(E|)
 * ```
 */
function overBeforeItsEnd(): MonoTypeOperatorFunction<TurnSignal> {
  return (round) =>
    defer(() => {
      let end: [] | [RoundEnd] = [];
      const goesOn = (signal: TurnSignal): boolean => {
        if (isContinued(signal)) end = [signal];
        return end.length === 0;
      };
      return concat(
        round.pipe(takeWhile(goesOn)),
        defer(() => end),
      );
    });
}

/** A round that goes on in the client's response: it has been announced already. */
function continuation(openNext: OpenNext, rounds: readonly RoundEnd[]): Observable<TurnSignal> {
  return concat(
    of<TurnSignal>({ kind: "round_start", round: rounds.length + 1 }),
    openNext(rounds).pipe(filter((signal) => !isEvent(signal) || !isLifecycle(signal))),
  );
}

/** Decides what goes out at the end of each round. */
function settle(): OperatorFunction<TurnSignal, TurnSignal> {
  return emitEach(() => {
    const rounds: RoundEnd[] = [];
    let complete: RoundEnd | undefined;
    /** What the client has not had yet of the last complete round. */
    let left: readonly ResponseEvent[] = [];
    let thinkingLeft = false;

    /** Once its continuation has opened, the thinking that waited behind discarded output goes out. */
    const showThinking = (emit: (signal: TurnSignal) => void): void => {
      if (!thinkingLeft) return;
      thinkingLeft = false;
      const { thinking, tentative } = splitHeld(left, complete?.begun);
      left = tentative;
      thinking.forEach(emit);
    };

    return (signal, emit) => {
      if (isEvent(signal)) showThinking(emit);
      emit(signal);
      if (signal.kind !== "round_end") return;

      rounds.push(signal);
      const release = (
        released: RoundEnd,
        events: readonly ResponseEvent[],
        reason: TurnEnd["reason"],
      ): void => {
        events.forEach(emit);
        emit({ kind: "turn_end", rounds, released, reason });
        if (released.failure) throw released.failure.error;
      };
      if (signal.verdict.action === "continue") {
        showThinking(emit);
        complete = signal;
        left = signal.held;
        thinkingLeft = true;
      } else if (complete && signal.terminal?.type !== "response.completed") {
        release(complete, hasCommitted(signal) ? [] : left, "continuation_failed");
      } else {
        showThinking(emit);
        release(signal, signal.held, signal.verdict.reason);
      }
    };
  });
}

/**
 * True if a whole answer or call of the round went out: releasing another beside it would answer, or act, twice.
 * Commentary is no answer: with nothing released beside it the turn would end without one.
 */
function hasCommitted({ shown }: RoundEnd): boolean {
  return shown.map(itemOf).some((item) => isTentative(item) && item?.["phase"] !== "commentary");
}
