import { Observable } from "rxjs";
import type { ResponseEvent } from "../../protocol/event.js";
import type { RawHeaders } from "../../protocol/errors.js";
import type { TurnRequest } from "../../protocol/request.js";
import type { TurnEnd } from "../../protocol/signals.js";
import { responseOf } from "../../protocol/usage.js";
import type { Observe } from "../../pipeline.js";
import type { OpenHeadedRound } from "../../recordings/recorder.js";
import { recordTurn, type TransportName } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import { turnEvents } from "../turnEvents.js";
import type { Conversation, Conversations } from "./conversations.js";
import { asked, type CreateFrame } from "./createFrame.js";
import { turnHistory } from "./turnHistory.js";

/** One connection's side of a turn, whatever stands above it. */
export interface SocketTurn {
  readonly context: ProxyContext;
  readonly transport: TransportName;
  readonly request: TurnRequest;
  readonly openRound: OpenHeadedRound;
  /** Of the client's handshake. */
  readonly headers: RawHeaders;
  readonly conversations: Conversations;
  /** The conversation before the frame; `undefined` where what comes after it is not to be remembered. */
  readonly before: Conversation | undefined;
  /** Hears the turn's end before its terminal goes out. */
  readonly onEnd?: (end: TurnEnd) => void;
}

/**
 * Runs one `response.create` frame through the pipeline and remembers where the conversation then stands.
 *
 * @returns the events for the client; errors only with round 1's own failure
 */
export function socketTurn(frame: CreateFrame, turn: SocketTurn): Observable<ResponseEvent> {
  const { context, conversations, before, request } = turn;

  return new Observable((subscriber) => {
    const recorder = frame.prewarm ? undefined : recordTurn(request, turn.transport, context.reports);
    const history = before && turnHistory(() => asked(frame, before));
    let responseId: unknown;
    let end: TurnEnd | undefined;

    const observe: Observe = (signal) => {
      recorder?.observe(signal);
      if (signal.kind !== "turn_end") return;
      end = signal;
      turn.onEnd?.(signal);
    };
    const { transport, headers } = turn;
    const openRound: OpenHeadedRound = (body, onHead) => {
      history?.sends(body);
      return turn.openRound(body, onHead);
    };
    const about = { id: recorder?.id, request, transport, headers, openRound, observe };
    const subscription = turnEvents(context, about).subscribe({
      next: (event) => {
        if (event.type === "response.completed") responseId = responseOf(event)?.["id"];
        subscriber.next(event);
      },
      error: (error: unknown) => {
        recorder?.finish(error);
        subscriber.error(error);
      },
      complete: () => {
        recorder?.finish();
        subscriber.complete();
      },
    });
    return () => {
      subscription.unsubscribe();
      recorder?.leave();
      const after = typeof responseId === "string" && end && history?.after(end);
      if (after) conversations.remember(frame.lane, responseId as string, after);
      else conversations.forget(frame.lane);
    };
  });
}
