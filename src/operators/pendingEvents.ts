import type { ResponseEvent } from "../protocol/event.js";

/** Events that went into an operator and have not come out. */
export interface PendingEvents {
  enter(event: ResponseEvent): void;
  /** The operator gave this out: whatever went in before it was let out, changed or dropped. */
  leave(event: ResponseEvent): void;
  /** What is left, in order. */
  rest(): readonly ResponseEvent[];
}

/** What an operator has not let out by then, it has most likely dropped. In UTF-16 units. */
const LIMIT = 8 * 1024 * 1024;

/** Begins to follow what goes into an operator and what comes out. Bounded: it forgets the oldest first. */
export function pendingEvents(): PendingEvents {
  let events: ResponseEvent[] = [];
  let size = 0;
  const drop = (count: number): void => {
    for (const event of events.slice(0, count)) size -= event.data.length;
    events = events.slice(count);
  };
  return {
    enter: (event) => {
      events.push(event);
      size += event.data.length;
      while (size > LIMIT) drop(1);
    },
    leave: (event) => {
      const same = events.indexOf(event);
      drop(1 + (same === -1 ? events.findIndex((other) => isVersionOf(event, other)) : same));
    },
    rest: () => events,
  };
}

/** A changed event keeps its type, and its number where the upstream writes numbers. */
function isVersionOf(event: ResponseEvent, original: ResponseEvent): boolean {
  return event.type === original.type && numberOf(event) === numberOf(original);
}

function numberOf({ json }: ResponseEvent): unknown {
  return json?.["sequence_number"];
}
