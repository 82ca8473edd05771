import type { IncomingMessage, ServerResponse } from "node:http";
import { BehaviorSubject, type Observable } from "rxjs";
import { whenOver } from "./downstream/whenOver.js";

/** Knows requests until their responses are over, so that a stop can wait for them. */
export interface InFlight {
  add(request: IncomingMessage, response: ServerResponse): void;
  /** Ends each connection with its response; says so in the responses' heads, where those have not been sent. */
  retire(): void;
  /** How many there are. */
  readonly open$: Observable<number>;
}

/** @param onOver called whenever one is over */
export function inFlight(onOver: () => void): InFlight {
  const responses = new Set<ServerResponse>();
  const count = new BehaviorSubject(0);
  return {
    add: (request, response) => {
      count.next(responses.add(response).size);
      whenOver(request, response, () => {
        responses.delete(response);
        count.next(responses.size);
        onOver();
      });
    },
    retire: () => {
      for (const response of responses) response.shouldKeepAlive = false;
    },
    open$: count.asObservable(),
  };
}
