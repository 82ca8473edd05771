import { Observable } from "rxjs";
import { isItemDone, type ResponseEvent } from "../../protocol/event.js";
import { itemText } from "../../protocol/continuation.js";
import type { RawHeaders } from "../../protocol/errors.js";
import type { TurnRequest } from "../../protocol/request.js";
import type { TurnEnd } from "../../protocol/signals.js";
import { responseOf } from "../../protocol/usage.js";
import type { Observe } from "../../pipeline.js";
import type { OpenHeadedRound } from "../../recordings/recorder.js";
import { recordTurn, type TransportName } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import { turnEvents } from "../turnEvents.js";
import { extended, type Conversation, type Conversations } from "./conversations.js";
import { inputItemsText, type CreateFrame } from "./createFrame.js";

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
    const items = before ? [inputItemsText(frame)] : [];
    let responseId: unknown;

    const observe: Observe = (signal) => {
      recorder?.observe(signal);
      if (signal.kind === "turn_end") turn.onEnd?.(signal);
    };
    const { transport, headers, openRound } = turn;
    const about = { id: recorder?.id, request, transport, headers, openRound, observe };
    const subscription = turnEvents(context, about).subscribe({
      next: (event) => {
        if (before && isItemDone(event)) items.push(itemText(event));
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
      if (before && typeof responseId === "string")
        conversations.remember(frame.lane, responseId, extended(before, items));
      else conversations.forget(frame.lane);
    };
  });
}
