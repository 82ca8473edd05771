import { isForeign, withData, type ResponseEvent } from "./event.js";
import { entriesOf, skipWhite, type Span } from "./jsonScan.js";

/** A number, and where it stands in its event's text. */
interface NumberAt extends Span {
  readonly is: number;
}

/** The numbers by which clients put events in order. */
export interface EventNumbers {
  /** `sequence_number`; absent where it is none: some backends write `null` into what belongs to no response (seen). */
  readonly sequence: NumberAt | undefined;
  /** `output_index`. */
  readonly index: NumberAt | undefined;
}

/** Reads them from the text: they are wanted of every delta of a fold, which is not parsed for it. */
export function numbersOf({ data, framing }: ResponseEvent): EventNumbers {
  let sequence: NumberAt | undefined;
  let index: NumberAt | undefined;
  const members = framing?.comment ? undefined : entriesOf(data, skipWhite(data, 0));
  for (const { key, value, end } of members ?? []) {
    if (key === "sequence_number") sequence = numberAt(data, value, end);
    else if (key === "output_index") index = numberAt(data, value, end);
  }
  return { sequence, index };
}

/** The event with other numbers in the places of its own; every other byte of its text stays. */
export function withNumbers(
  event: ResponseEvent,
  { sequence, index }: EventNumbers,
  to: { readonly sequence: number; readonly index: number | undefined },
): ResponseEvent {
  const isIndexLater = (index?.start ?? 0) > (sequence?.start ?? 0);
  const newIndex = (text: string): string => replaceNumber(text, index, to.index);
  const newSequence = (text: string): string => replaceNumber(text, sequence, to.sequence);
  // The later one first: so the other stays where it is.
  return withData(
    event,
    isIndexLater ? newSequence(newIndex(event.data)) : newIndex(newSequence(event.data)),
  );
}

function replaceNumber(text: string, at: Span | undefined, to: number | undefined): string {
  return at && to !== undefined ? text.slice(0, at.start) + to + text.slice(at.end) : text;
}

/** True for an event with a `sequence_number`, found without reading all of its text where that is possible. */
export function isNumbered(event: ResponseEvent): boolean {
  const at = event.data.lastIndexOf(KEY);
  if (at === -1) return false;
  // What belongs to no response may have another's number inside.
  return isForeign(event) || event.framing?.comment
    ? numbersOf(event).sequence !== undefined
    : startsNumber(event.data, skipWhite(event.data, skipWhite(event.data, at + KEY.length) + 1));
}

const KEY = '"sequence_number"';

function numberAt(text: string, start: number, end: number): NumberAt | undefined {
  return startsNumber(text, start) ? { start, end, is: Number(text.slice(start, end)) } : undefined;
}

function startsNumber(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= ZERO && code <= NINE) || code === MINUS;
}

const [ZERO, NINE, MINUS] = [0x30, 0x39, 0x2d];
