import type { OperatorFunction } from "rxjs";
import { isItemAdded, isItemDone, type ResponseEvent } from "../protocol/event.js";
import { isNumbered, numbersOf, withNumbers, type EventNumbers } from "../protocol/eventNumbers.js";
import { isEvent, type TurnSignal } from "../protocol/signals.js";
import { emitEach } from "./emitEach.js";

/**
 * Gives the events of a fold one gapless `sequence_number` and `output_index`, and lets only events through.
 *
 * ```
 * turn    --a0--b1--S--c2--d3--|      S: round start; digits: sequence numbers
 *        renumber()
 * result  --a0--b1-----c2--d3--|
 * ```
 *
 * The last of our operators, for only here it is known what the client sees. Until something shifts the numbers (a
 * second round, a repeated event) every event passes as the text it was. Events without numbers stay without.
 *
 * @param options `always`: from the first event on, for streams in which anything may have been added or dropped
 * @returns an operator that passes errors on
 */
export function renumber({ always = false } = {}): OperatorFunction<TurnSignal, ResponseEvent> {
  return emitEach((emit) => {
    let shifted = always;
    let lastNumbered: ResponseEvent | undefined;
    let nextSequence = 0;
    /** Items the client has been told of. */
    let items = 0;
    /** The upstream's index of each open item, and the one the client knows it by. */
    const open = new Map<number | undefined, number>();

    const shift = (): void => {
      if (shifted) return;
      shifted = true;
      const last = lastNumbered && numbersOf(lastNumbered).sequence;
      nextSequence = last ? last.is + 1 : 0;
    };

    const indexOf = (event: ResponseEvent, { index }: EventNumbers): number | undefined => {
      const upstream = index?.is;
      if (isItemAdded(event) || (isItemDone(event) && !open.has(upstream))) open.set(upstream, items++);
      const known = open.get(upstream);
      if (isItemDone(event)) open.delete(upstream);
      return known;
    };

    const renumbered = (event: ResponseEvent): ResponseEvent => {
      const numbers = numbersOf(event);
      const index = indexOf(event, numbers);
      return withNumbers(event, numbers, { sequence: numbers.sequence ? nextSequence++ : 0, index });
    };

    return (signal) => {
      if (!isEvent(signal)) {
        if (signal.kind === "round_start") shift();
        return;
      }
      if (signal.framing?.repeated) shift();
      if (shifted) return emit(renumbered(signal));

      if (isItemAdded(signal) || isItemDone(signal)) indexOf(signal, numbersOf(signal));
      if (isNumbered(signal)) lastNumbered = signal;
      emit(signal);
    };
  });
}
