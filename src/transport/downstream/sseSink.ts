import type { ServerResponse } from "node:http";
import type { BehaviorSubject } from "rxjs";
import type { ResponseEvent } from "../../protocol/event.js";
import { frame } from "../../protocol/frame.js";

/** Where a turn's events go. */
export interface SseSink {
  readonly next: (event: ResponseEvent) => void;
  readonly complete: () => void;
  /** Sends what has come so far, before the response dies. */
  readonly flush: () => void;
}

/**
 * Writes events to a client as an SSE body. Events that arrive in one go leave in one write.
 *
 * @param flowing becomes false while the client does not read, true when it has caught up
 */
export function sseSink(response: ServerResponse, flowing: BehaviorSubject<boolean>): SseSink {
  let pending = "";

  const flush = (): void => {
    if (pending === "" || response.destroyed) return;
    // As bytes: of a text Node first counts them, and then writes them.
    const drained = response.write(Buffer.from(pending));
    pending = "";
    if (drained || !flowing.value) return;
    flowing.next(false);
    response.once("drain", () => flowing.next(true));
  };

  return {
    next: (event) => {
      if (pending === "") process.nextTick(flush);
      pending += frame(event);
    },
    complete: () => {
      flush();
      response.end();
    },
    flush,
  };
}
