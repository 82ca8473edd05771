import type { IncomingMessage, ServerResponse } from "node:http";
import type { Observable } from "rxjs";
import { RoundRejected, UpstreamLost } from "../../protocol/errors.js";
import type { TurnRequest } from "../../protocol/request.js";
import type { Observe } from "../../pipeline.js";
import { failureNotice } from "../../reports/notices.js";
import { foldedIds, recordTurn, type TransportName } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import type { TurnOfTransport } from "../turnEvents.js";
import type { Outgoing } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import { passAnswer } from "./respond.js";
import { whenOver } from "./whenOver.js";

/** A turn that came as a POST. */
export interface HttpTurn {
  readonly target: Target;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly turn: TurnRequest;
  /** Round 1: as the client sent it, unless its body had to be changed. */
  readonly roundOne: Outgoing;
}

/** Where a turn goes. */
export interface Sink<T> {
  readonly next: (value: T) => void;
  readonly complete: () => void;
  /** The turn died of something that is not the upstream's own answer. */
  readonly fail: (error: unknown) => void;
}

/** Runs a turn into its client's response, reports it, and stops it when the client leaves. */
export function followTurn<T>(
  { aliases, reports }: ProxyContext,
  { request, response, turn }: HttpTurn,
  transport: TransportName,
  run: (about: Omit<TurnOfTransport, "openRound">) => Observable<T>,
  sink: Sink<T>,
): void {
  const recorder = recordTurn(turn, transport, reports);
  const observe: Observe = (signal) => {
    recorder.observe(signal);
    const ids = signal.kind === "turn_end" && foldedIds(signal);
    if (ids) aliases.add(ids.seen, ids.released);
  };
  const { rawHeaders: headers } = request;
  const subscription = run({ id: recorder.id, request: turn, transport, headers, observe }).subscribe({
    next: sink.next,
    complete: () => {
      sink.complete();
      recorder.finish();
    },
    error: (error: unknown) => {
      recorder.finish(error);
      if (error instanceof RoundRejected) return passAnswer(response, error.answer);
      if (!(error instanceof UpstreamLost)) reports.next(failureNotice(request, error));
      sink.fail(error);
    },
  });
  whenOver(request, response, () => {
    subscription.unsubscribe();
    recorder.leave();
  });
}
