import type { ResponseEvent } from "../protocol/event.js";
import { RoundRejected, UpstreamLost } from "../protocol/errors.js";
import type { EndNote } from "./format.js";
import type { RecordedStream } from "./recording.js";

/** What a client got: the events, and how they ended. */
export interface ClientStream {
  readonly events: readonly ResponseEvent[];
  readonly how: EndNote["how"];
}

/** How a stream ended that errored, in a recording's words. */
export function howEnded(error: unknown): EndNote["how"] {
  if (error instanceof RoundRejected) return "refused";
  return error instanceof UpstreamLost ? "lost" : "failed";
}

/**
 * True if a client got the same both times. What the proxy repeated while it held output does not count, for it
 * depends on the time; of a client that left, or of a recording that was cut off, only what came until then does.
 */
export function isSameOutcome(recorded: RecordedStream, replayed: ClientStream): boolean {
  const { before, now } = comparable(recorded, replayed);
  const isWhole = isWholeStream(recorded);
  if (isWhole && (before.length !== now.length || recorded.end?.how !== replayed.how)) return false;
  return before.every((data, index) => data === now[index]);
}

/** The data of both streams, as far as it has to be the same. */
export function comparable(
  recorded: RecordedStream,
  replayed: ClientStream,
): { readonly before: readonly string[]; readonly now: readonly string[] } {
  const all = [recorded.events.map(({ event }) => event), replayed.events] as const;
  // A repeated event moves the numbers of those behind it.
  const shifted = all.some((events) => events.some(isRepeated));
  const [before = [], now = []] = all.map((events) =>
    events.filter((event) => !isRepeated(event)).map(({ data }) => (shifted ? withoutNumber(data) : data)),
  );
  return { before, now: isWholeStream(recorded) ? now : now.slice(0, before.length) };
}

/** The data without its `sequence_number`, which one event more or less changes for all others. */
export function withoutNumber(data: string): string {
  return data.replace(/"sequence_number"\s*:\s*\d+/, '"sequence_number":0');
}

/** False where the client left, or the recording was cut off. */
export function isWholeStream({ end }: RecordedStream): boolean {
  return end?.how !== "left" && end?.how !== "cut";
}

function isRepeated({ framing }: ResponseEvent): boolean {
  return framing?.repeated === true;
}
