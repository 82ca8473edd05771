import type { IncomingMessage, ServerResponse } from "node:http";
import { BehaviorSubject } from "rxjs";
import { RoundRejected, UpstreamLost } from "../../protocol/errors.js";
import type { TurnRequest } from "../../protocol/request.js";
import type { Observe } from "../../pipeline.js";
import { failureNotice } from "../../reports/notices.js";
import { foldedIds, recordTurn } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import { turnEvents } from "../turnEvents.js";
import { sseRounds } from "../upstream/sseRounds.js";
import type { Outgoing } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import { whenOver } from "./whenOver.js";
import { passAnswer, respondFailure, writeHead } from "./respond.js";
import { sseSink } from "./sseSink.js";
import { turnRequests } from "./turnRequests.js";

export interface HttpTurn {
  readonly target: Target;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly turn: TurnRequest;
  /** Round 1: as the client sent it, unless its body had to be changed. */
  readonly roundOne: Outgoing;
}

/** Runs a turn from an HTTP request to its SSE response. */
export function runTurn(
  context: ProxyContext,
  { target, request, response, turn, roundOne }: HttpTurn,
): void {
  const { upstream, aliases, reports } = context;
  const flowing = new BehaviorSubject(true);
  const requests = turnRequests(request, roundOne);
  const openRound = sseRounds({
    upstream,
    target,
    flowing,
    encode: requests.outgoing,
    onHead: (answer) => {
      if (response.headersSent) return;
      requests.answered(answer.headers);
      // The events are written anew: maybe more of them, and as they are.
      writeHead(response, answer, ["content-length", "content-encoding"]);
    },
  });

  const recorder = recordTurn(turn, "http", reports);
  const sink = sseSink(response, flowing);
  const fail = (error: unknown): void => {
    recorder.finish(error);
    if (error instanceof RoundRejected) return passAnswer(response, error.answer);
    if (!(error instanceof UpstreamLost)) reports.next(failureNotice(request, error));
    sink.flush();
    respondFailure(response, error);
  };
  const observe: Observe = (signal) => {
    recorder.observe(signal);
    const ids = signal.kind === "turn_end" && foldedIds(signal);
    if (ids) aliases.add(ids.seen, ids.released);
  };
  const subscription = turnEvents(context, {
    id: recorder.id,
    request: turn,
    transport: "http",
    headers: request.rawHeaders,
    openRound,
    observe,
  }).subscribe({
    next: sink.next,
    complete: () => {
      sink.complete();
      recorder.finish();
    },
    error: fail,
  });
  whenOver(request, response, () => {
    subscription.unsubscribe();
    recorder.leave();
  });
}
