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
import { isLifecycle } from "../protocol/event.js";
import { isEvent, type RoundEnd, type RoundSignal, type TurnSignal } from "../protocol/signals.js";
import { settleRounds } from "./settleRounds.js";

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
 * turn      --r1--E1S-r2--(E2 m1 T|)     the last complete round that has an answer is released
 * ```
 *
 * A continuation that completes without an answer, when none is left, releases that round as well. Round 1 that dies
 * without a terminal passes on as it was: what was held, then the error (or the bare end).
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
        settleRounds(),
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
