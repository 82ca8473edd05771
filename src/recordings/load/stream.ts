import { of } from "rxjs";
import { parseEvents } from "../../operators/parseEvents.js";
import { isTerminal, responseEvent, type ResponseEvent } from "../../protocol/event.js";
import { readRemark, type Notes } from "../format.js";
import type { RecordedEvent, RecordedRound } from "../recording.js";

/** Reads an SSE body: one of our files with its remarks, or any other. */
export function readStream(text: string): RecordedRound {
  const events: RecordedEvent[] = [];
  const notes: Partial<Notes> = {};
  let arrival: { readonly at: number; readonly repeated: boolean } | undefined;
  let isOurs = false;

  const take = (event: ResponseEvent): void => {
    const remark = event.framing?.comment ? readRemark(event.data) : undefined;
    isOurs ||= remark !== undefined;
    if (remark?.kind === "at") arrival = remark;
    else if (remark) Object.assign(notes, { [remark.kind]: remark.note });
    else {
      events.push({ at: arrival?.at, event: arrival?.repeated ? repeated(event) : event });
      arrival = undefined;
    }
  };
  of(text).pipe(parseEvents()).subscribe(take);

  const { round, head, body, verdict } = notes;
  return {
    events,
    at: round?.at,
    head: head && { status: Number(head.status), headers: [head.headers].flat(2).map(String) },
    body: body?.text,
    verdict,
    end: notes.end ?? (isOurs && !isWhole(events) ? { how: "cut" } : { how: "completed" }),
  };
}

/** A stream with its terminal is whole, whatever was lost behind it. */
function isWhole(events: readonly RecordedEvent[]): boolean {
  return events.some(({ event }) => isTerminal(event));
}

function repeated({ data, framing }: ResponseEvent): ResponseEvent {
  return responseEvent(data, { ...framing, repeated: true });
}
