import { Observable, takeWhile, type Subscriber } from "rxjs";
import { isLifecycle, isOrdered, isTerminal, type ResponseEvent } from "../../protocol/event.js";
import type { UpstreamLost } from "../../protocol/errors.js";
import { responseOf } from "../../protocol/usage.js";

/** The rounds that run on one WebSocket: at most one in each lane. */
export interface SocketRounds {
  /** A round: sends its frame, and ends with its terminal. Errors with {@link UpstreamLost}. */
  open(lane: string, frame: string): Observable<ResponseEvent>;
  /** Gives an event to the round it belongs to. @returns false where it belongs to none */
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
  /** Its response has been announced. */
  begun: boolean;
}

export function socketRounds({ send, idle, stalled }: SocketRoundsOptions): SocketRounds {
  const rounds = new Map<string, Running>();
  /** The response that ended last in each lane. */
  const over = new Map<string, unknown>();
  let lost: UpstreamLost | undefined;

  const watch = (): NodeJS.Timeout | undefined => {
    if (idle === 0) return undefined;
    const timer = setTimeout(() => stalled() && timer.refresh(), idle * 1000);
    return timer;
  };

  return {
    open: (lane, frame) =>
      new Observable<ResponseEvent>((subscriber) => {
        if (lost) return subscriber.error(lost);
        const round: Running = { subscriber, silence: watch(), begun: false };
        rounds.set(lane, round);
        send(frame);
        return () => {
          clearTimeout(round.silence);
          if (rounds.get(lane) === round) rounds.delete(lane);
        };
      }).pipe(takeWhile((event) => !isTerminal(event), true)),
    take: (event) => {
      const lane = rounds.size > 0 ? laneOf(event) : "";
      const round = rounds.get(lane);
      if (!round) return false;
      round.silence?.refresh();
      if (!round.begun && isLate(event, over.get(lane))) return true;
      round.begun ||= isLifecycle(event);
      if (isTerminal(event)) over.set(lane, responseOf(event)?.["id"]);
      round.subscriber.next(event);
      return true;
    },
    refresh: () => {
      for (const { silence } of rounds.values()) silence?.refresh();
    },
    lose: (failure) => {
      lost = failure;
      for (const { subscriber } of [...rounds.values()]) subscriber.error(failure);
    },
  };
}

/**
 * True for what a response that is over says again or too late: taken for the answer to the frame that was sent since,
 * it would end a turn before it began.
 */
function isLate(event: ResponseEvent, over: unknown): boolean {
  if (over === undefined) return false;
  if (isTerminal(event)) return responseOf(event)?.["id"] === over;
  return isOrdered(event) && !isLifecycle(event);
}

/** The lane that an event belongs to; `""` without one. */
export function laneOf(event: ResponseEvent): string {
  // On a connection without lanes, which is what Codex has, no delta needs to be parsed for it.
  const id = event.data.includes('"stream_id"') ? event.json?.["stream_id"] : undefined;
  return typeof id === "string" ? id : "";
}
