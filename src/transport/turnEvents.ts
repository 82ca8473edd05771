import type { Observable } from "rxjs";
import type { RawHeaders } from "../protocol/errors.js";
import type { ResponseEvent } from "../protocol/event.js";
import type { TurnRequest } from "../protocol/request.js";
import { foldOfWhole } from "../protocol/wholeResponse.js";
import { foldTurn, type Observe } from "../pipeline.js";
import type { OpenHeadedRound } from "../recordings/recorder.js";
import { rateLimitsIn } from "../reports/rateLimits.js";
import { tellRateLimits, type TransportName } from "../reports/turnReport.js";
import type { ProxyContext } from "./context.js";

/** One turn, whatever its transport. */
export interface TurnOfTransport {
  /** What the log calls it; `undefined` for what is no turn (a prewarm): that is not recorded. */
  readonly id: string | undefined;
  readonly request: TurnRequest;
  readonly transport: TransportName;
  /** The client's headers. */
  readonly headers: RawHeaders;
  readonly openRound: OpenHeadedRound;
  readonly observe: Observe;
}

/** Runs a turn through the pipeline, and records it where that is wanted. */
export function turnEvents(context: ProxyContext, turn: TurnOfTransport): Observable<ResponseEvent> {
  const { options, users, liveLimit, recorder, reports } = context;
  const { id, request, transport, headers, observe } = turn;
  const fold = request.unstreamed ? foldOfWhole(options.fold) : options.fold;
  const hooks = { ...users, transport, liveLimit };
  const openRound = tellingRateLimits(turn.openRound, reports);
  if (id === undefined || !recorder) return foldTurn(request, openRound, fold, { ...hooks, observe });

  const limit = liveLimit(request.model);
  const { operators } = users;
  const tape = recorder.begin({ id, request, transport, headers, fold, liveLimit: limit, operators });
  const both: Observe = (signal) => {
    tape.observe(signal);
    observe(signal);
  };
  return foldTurn(request, tape.rounds(openRound), fold, { ...hooks, observe: both }).pipe(tape.response());
}

/** Tells of the rate limits in the heads of answers. (A WebSocket's head is as old as the connection.) */
function tellingRateLimits(openRound: OpenHeadedRound, reports: ProxyContext["reports"]): OpenHeadedRound {
  return (body, onHead) =>
    openRound(body, (head) => {
      if (head.status !== 101) tellRateLimits(reports, rateLimitsIn(head.headers));
      onHead?.(head);
    });
}
