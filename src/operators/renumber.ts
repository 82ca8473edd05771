import type { OperatorFunction } from "rxjs";
import { isForeign, isItemAdded, isItemDone, withData, type ResponseEvent } from "../protocol/event.js";
import { editJson, type JsonEdit } from "../protocol/jsonText.js";
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
  return emitEach(() => {
    let shifted = always;
    let lastNumbered: ResponseEvent | undefined;
    let nextSequence = 0;
    /** Items the client has been told of. */
    let items = 0;
    /** The upstream's index of each open item, and the one the client knows it by. */
    const open = new Map<unknown, number>();

    const shift = (): void => {
      if (shifted) return;
      shifted = true;
      const last = lastNumbered?.json?.["sequence_number"];
      nextSequence = typeof last === "number" ? last + 1 : 0;
    };

    const indexOf = (event: ResponseEvent): number | undefined => {
      const upstream = event.json?.["output_index"];
      if (isItemAdded(event) || (isItemDone(event) && !open.has(upstream))) open.set(upstream, items++);
      const index = open.get(upstream);
      if (isItemDone(event)) open.delete(upstream);
      return index;
    };

    const renumbered = (event: ResponseEvent): ResponseEvent => {
      const edits: JsonEdit[] = [];
      const { json } = event;
      const index = indexOf(event);
      if (index !== undefined && typeof json?.["output_index"] === "number")
        edits.push(edit("output_index", index));
      if (typeof json?.["sequence_number"] === "number") edits.push(edit("sequence_number", nextSequence++));
      return edits.length === 0 ? event : withData(event, editJson(event.data, edits));
    };

    return (signal, emit) => {
      if (!isEvent(signal)) {
        if (signal.kind === "round_start") shift();
        return;
      }
      if (signal.framing?.repeated) shift();
      if (shifted) return emit(renumbered(signal));

      if (isItemAdded(signal) || isItemDone(signal)) indexOf(signal);
      if (isNumbered(signal)) lastNumbered = signal;
      emit(signal);
    };
  });
}

/** True for an event with a number of its own; `null` is none. The many deltas are not parsed for it. */
function isNumbered(event: ResponseEvent): boolean {
  if (isForeign(event)) return typeof event.json?.["sequence_number"] === "number";
  const at = event.data.lastIndexOf(KEY);
  return at !== -1 && /^\s*:\s*\d/.test(event.data.slice(at + KEY.length, at + KEY.length + 20));
}

const KEY = '"sequence_number"';

function edit(key: string, value: number): JsonEdit {
  return { path: [key], raw: String(value) };
}
