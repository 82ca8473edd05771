import { Observable, takeWhile, type Subscriber } from "rxjs";
import {
  isForeign,
  isItemAdded,
  isItemDone,
  isLifecycle,
  isTerminal,
  type ResponseEvent,
} from "../../protocol/event.js";
import type { UpstreamLost } from "../../protocol/errors.js";
import { itemOf } from "../../protocol/items.js";
import { responseOf } from "../../protocol/usage.js";

/** The rounds that run on one WebSocket: at most one in each lane. */
export interface SocketRounds {
  /** A round: sends its frame, and ends with its terminal. Errors with {@link UpstreamLost}. */
  open(lane: string, frame: string): Observable<ResponseEvent>;
  /**
   * Gives an event to the round it belongs to.
   *
   * @returns false where it belongs to none and is the client's. Two kinds are nobody's: a second terminal of a
   * response, and what names a response that is over once its lane's next frame has been sent.
   */
  take(event: ResponseEvent): boolean;
  /** Counts the silence from now. */
  refresh(): void;
  /** Ends all rounds, and those still to be opened. */
  lose(failure: UpstreamLost): void;
}

export interface SocketRoundsOptions {
  readonly send: (frame: string) => void;
  /** Seconds without an event after which a round is `stalled`; 0 for never. */
  readonly idle: number;
  /** @returns true to wait as long again */
  readonly stalled: () => boolean;
}

interface Running {
  readonly subscriber: Subscriber<ResponseEvent>;
  readonly silence: NodeJS.Timeout | undefined;
  /** Its response, or an item of it, has been announced. */
  begun: boolean;
  /** Its terminal has come. */
  ended: boolean;
  /** The ids of its items. */
  readonly items: Set<unknown>;
}

/** A response that has had its terminal. */
interface Over {
  readonly id: unknown;
  readonly items: ReadonlySet<unknown>;
}

export function socketRounds({ send, idle, stalled }: SocketRoundsOptions): SocketRounds {
  const rounds = new Map<string, Running>();
  /** All of them, those that wait for their lane too. */
  const open = new Set<Running>();
  /** Lanes whose response goes on although its round was given up (by a user's operator), and what waits for its end. */
  const abandoned = new Map<string, () => void>();
  /** The response that ended last in each lane. */
  const over = new Map<string, Over>();
  let lost: UpstreamLost | undefined;

  const watch = (): NodeJS.Timeout | undefined => {
    if (idle === 0) return undefined;
    const timer = setTimeout(() => stalled() && timer.refresh(), idle * 1000);
    return timer;
  };

  /** What is left of an abandoned round is for nobody. @returns false where there is none */
  const drop = (event: ResponseEvent, lane: string): boolean => {
    const next = abandoned.get(lane);
    if (!next || isForeign(event)) return false;
    if (isTerminal(event)) {
      over.set(lane, { id: responseOf(event)?.["id"], items: new Set() });
      abandoned.delete(lane);
      next();
    }
    return true;
  };

  return {
    open: (lane, frame) =>
      new Observable<ResponseEvent>((subscriber) => {
        if (lost) return subscriber.error(lost);
        const round: Running = { subscriber, silence: watch(), begun: false, ended: false, items: new Set() };
        const begin = (): void => {
          rounds.set(lane, round);
          send(frame);
        };
        open.add(round);
        // The upstream cannot be told to stop, and answers a lane's frames one after the other.
        if (abandoned.has(lane)) abandoned.set(lane, begin);
        else begin();
        return () => {
          clearTimeout(round.silence);
          open.delete(round);
          if (abandoned.get(lane) === begin) abandoned.set(lane, () => {});
          if (rounds.get(lane) !== round) return;
          rounds.delete(lane);
          if (!round.ended) abandoned.set(lane, () => {});
        };
      }).pipe(takeWhile((event) => !isTerminal(event), true)),
    take: (event) => {
      const lane = laneOf(event);
      const round = rounds.get(lane);
      if (!round) return drop(event, lane) || isRepeated(event, over.get(lane));
      round.silence?.refresh();
      if (!round.begun && isLate(event, over.get(lane))) return true;
      round.begun ||= isLifecycle(event) || isItemAdded(event);
      if (isItemAdded(event) || isItemDone(event)) round.items.add(itemOf(event)?.["id"]);
      round.ended = isTerminal(event);
      if (round.ended) over.set(lane, { id: responseOf(event)?.["id"], items: round.items });
      round.subscriber.next(event);
      return true;
    },
    refresh: () => {
      for (const { silence } of open) silence?.refresh();
    },
    lose: (failure) => {
      lost = failure;
      for (const { subscriber } of [...open]) subscriber.error(failure);
    },
  };
}

/**
 * True for what a response that is over says again or too late: taken for the answer to the frame that was sent since,
 * it would end a turn before it began. Only what names that response, or an item of it, is known to be late. What is
 * announced is not: responses and items of some gateways are called the same every time.
 */
function isLate(event: ResponseEvent, over: Over | undefined): boolean {
  if (!over || isForeign(event) || isItemAdded(event) || event.type === "response.created") return false;
  const named = [responseOf(event)?.["id"], event.json?.["response_id"]];
  const items = [event.json?.["item_id"], itemOf(event)?.["id"]];
  return (
    named.some((id) => id !== undefined && id === over.id) ||
    items.some((id) => id !== undefined && over.items.has(id))
  );
}

/** True for a second terminal of a response. A client that has sent its next frame would take it for the answer. */
function isRepeated(event: ResponseEvent, over: Over | undefined): boolean {
  return over?.id !== undefined && isTerminal(event) && responseOf(event)?.["id"] === over.id;
}

/** The lane that an event belongs to; `""` without one. */
export function laneOf(event: ResponseEvent): string {
  // On a connection without lanes, which is what Codex has, no delta needs to be parsed for it.
  const id = event.data.includes('"stream_id"') ? event.json?.["stream_id"] : undefined;
  return typeof id === "string" ? id : "";
}
