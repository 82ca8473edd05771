import type { IncomingMessage } from "node:http";
import {
  catchError,
  concat,
  filter,
  takeWhile,
  throwError,
  type BehaviorSubject,
  type Observable,
} from "rxjs";
import { isTerminal, type ResponseEvent } from "../../protocol/event.js";
import { UpstreamLost } from "../../protocol/errors.js";
import { header } from "../../protocol/rawHeaders.js";
import type { OpenHeadedRound } from "../../recordings/recorder.js";
import { TURN_STATE } from "../headers.js";
import type { Upstream } from "../upstream/send.js";
import { sseRounds } from "../upstream/sseRounds.js";
import type { Target } from "../upstream/target.js";
import { bridgedHeaders, turnStateOf } from "./bridgedRequest.js";
import type { CreateFrame } from "./createFrame.js";

export interface BridgedRoundsOptions {
  readonly upstream: Upstream;
  readonly target: Target;
  /** The client's handshake. */
  readonly upgrade: IncomingMessage;
  /** False while the client does not read. */
  readonly flowing: BehaviorSubject<boolean>;
  /** Gets events for the client that belong to no response. */
  readonly tell: (event: string) => void;
}

/** Opens the rounds of one turn as POSTs. */
export function bridgedRounds(frame: CreateFrame, options: BridgedRoundsOptions): OpenHeadedRound {
  const { upstream, target, upgrade, flowing, tell } = options;
  let turnState = turnStateOf(frame);
  let begun = false;
  const post = sseRounds({
    ...{ upstream, target, flowing },
    encode: (body) => ({ headers: bridgedHeaders(upgrade, frame, turnState), body }),
    onHead: ({ headers }) => {
      begun = true;
      const state = header(headers, TURN_STATE);
      if (turnState !== undefined || state === undefined) return;
      turnState = state;
      // Over WebSocket the state comes as an event, and comes back in the frames' client_metadata (seen).
      tell(JSON.stringify({ type: "response.metadata", headers: { [TURN_STATE]: state } }));
    },
  });
  return (body, onHead) => {
    begun = false;
    return whole(post(body, onHead)).pipe(
      catchError((error: unknown) => throwError(() => lostWhen(begun, error))),
    );
  };
}

/** An answer that begins and then takes too long is a stream that died, whatever it died of. */
function lostWhen(begun: boolean, error: unknown): unknown {
  return begun && error instanceof UpstreamLost
    ? new UpstreamLost(error.message, "stream", { cause: error })
    : error;
}

/** A body's events up to its terminal; what belongs to SSE alone is left out. One without a terminal was lost. */
function whole(body: Observable<ResponseEvent>): Observable<ResponseEvent> {
  const early = throwError(() => new UpstreamLost("its answer ended early", "stream"));
  return concat(body, early).pipe(
    filter(({ framing }) => !framing?.comment),
    takeWhile((event) => !isTerminal(event), true),
  );
}
