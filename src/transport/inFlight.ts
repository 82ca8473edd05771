import type { IncomingMessage, ServerResponse } from "node:http";
import { BehaviorSubject, filter, firstValueFrom } from "rxjs";
import { whenOver } from "./downstream/whenOver.js";

/** Counts requests until their responses are over, so that a stop can wait for them. */
export interface InFlight {
  add(request: IncomingMessage, response: ServerResponse): void;
  /** Waits until there are none. */
  none(): Promise<unknown>;
}

/** @param onOver called whenever one is over */
export function inFlight(onOver: () => void): InFlight {
  const count = new BehaviorSubject(0);
  return {
    add: (request, response) => {
      count.next(count.value + 1);
      whenOver(request, response, () => {
        count.next(count.value - 1);
        onOver();
      });
    },
    none: () => firstValueFrom(count.pipe(filter((open) => open === 0))),
  };
}
