import { Observable } from "rxjs";
import { isItemDone, type ResponseEvent } from "../../protocol/event.js";
import { itemText } from "../../protocol/continuation.js";
import { editJson } from "../../protocol/jsonText.js";
import type { TurnRequest } from "../../protocol/request.js";
import type { FinalReason, TurnEnd } from "../../protocol/signals.js";
import { responseOf } from "../../protocol/usage.js";
import { whyNeverContinued } from "../../protocol/verdict.js";
import { foldTurn, type Observe, type OpenRound } from "../../pipeline.js";
import { recordTurn, type TransportName } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import { extended, inputText, type Conversation, type Conversations } from "./conversations.js";
import { inputItemsText, type CreateFrame } from "./createFrame.js";

/** One connection's side of a turn, whatever stands above it. */
export interface SocketTurn {
  readonly context: ProxyContext;
  readonly transport: TransportName;
  readonly conversations: Conversations;
  readonly openRound: OpenRound;
  /** Round 1's text for the upstream. */
  readonly text: string;
  /** The conversation before the frame; `undefined` where it is not known. */
  readonly before: Conversation | undefined;
  /** Hears the turn's end before its terminal goes out. */
  readonly onEnd?: (end: TurnEnd) => void;
}

/** Reasons for which no history is worth keeping: nothing of the model's will ever be folded. */
const NEVER_FOLDED: ReadonlySet<FinalReason | undefined> = new Set(["observe", "off", "model_not_selected"]);

/**
 * Runs one `response.create` frame through the pipeline and remembers where the conversation then stands.
 *
 * @returns the events for the client; errors only with round 1's own failure
 */
export function socketTurn(frame: CreateFrame, turn: SocketTurn): Observable<ResponseEvent> {
  const { context, conversations, before } = turn;
  const { fold } = context.options;
  const request = toRequest(frame, turn);
  const remembers = before !== undefined && !NEVER_FOLDED.has(whyNeverContinued(request, [], fold));
  const items = remembers ? [inputItemsText(frame)] : [];

  return new Observable((subscriber) => {
    const recorder = frame.prewarm ? undefined : recordTurn(request, turn.transport, context.reports);
    let completed: ResponseEvent | undefined;
    // What was remembered is gone upstream as soon as it goes on from there; it comes back when the turn completes.
    conversations.forget(frame.lane);
    const remember = (): void => {
      const id = responseOf(completed)?.["id"];
      if (remembers && typeof id === "string")
        conversations.remember(frame.lane, id, extended(before, items));
    };
    const observe: Observe = (signal) => {
      recorder?.observe(signal);
      if (signal.kind === "turn_end") turn.onEnd?.(signal);
    };
    const events = foldTurn(request, turn.openRound, fold, {
      ...context.users,
      transport: turn.transport,
      observe,
      liveLimit: context.liveLimit,
    });
    const subscription = events.subscribe({
      next: (event) => {
        if (remembers && isItemDone(event)) items.push(itemText(event));
        if (event.type === "response.completed") completed = event;
        subscriber.next(event);
      },
      error: (error: unknown) => {
        recorder?.finish(error);
        subscriber.error(error);
      },
      complete: () => {
        remember();
        recorder?.finish();
        subscriber.complete();
      },
    });
    return () => {
      subscription.unsubscribe();
      recorder?.finish();
    };
  });
}

function toRequest(frame: CreateFrame, { text, before }: SocketTurn): TurnRequest {
  const { model } = frame.json;
  return {
    text,
    json: frame.json,
    model: typeof model === "string" ? model : "",
    historyUnknown: before === undefined,
    wholeText: () => (before ? wholeText(frame, before) : text),
  };
}

/** The frame with its whole conversation as input: what stands on its own. */
export function wholeText(frame: CreateFrame, before: Conversation): string {
  return editJson(frame.text, [
    { path: ["previous_response_id"], raw: undefined },
    { path: ["input"], raw: inputText(extended(before, [inputItemsText(frame)])) },
  ]);
}
