import {
  EMPTY,
  Subject,
  asyncScheduler,
  defer,
  interval,
  map,
  merge,
  switchAll,
  tap,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from "rxjs";
import { responseEvent, type ResponseEvent } from "../protocol/event.js";
import { isEvent, type TurnSignal } from "../protocol/signals.js";

/** Marks an event that the upstream did not send, so that the numbers after it are moved up. */
const REPEATED: ResponseEvent["framing"] = { repeated: true };

/**
 * Lets the client hear something when output is held and nothing else reaches it: Codex gives a stream up after 300 s
 * without a JSON event, and neither SSE comments nor pings count (seen).
 *
 * ```
 * turn      p--H---------------E--|      p: response.in_progress, H: hold start
 *        keepAlive(4)
 * result    p--H---p---p---p---E--|
 * ```
 *
 * @param seconds silence before each repetition of the last `response.in_progress`; 0 = never
 * @param scheduler for tests
 * @returns an operator that passes errors on; nothing is repeated where nothing is held
 */
export function keepAlive(
  seconds: number,
  scheduler: SchedulerLike = asyncScheduler,
): MonoTypeOperatorFunction<TurnSignal> {
  if (seconds === 0) return (turn) => turn;
  return (turn) =>
    defer(() => {
      const silences = new Subject<Observable<ResponseEvent>>();
      let holding = false;
      let inProgress: ResponseEvent | undefined;

      const beginSilence = (): void => {
        const repeated = inProgress;
        silences.next(
          holding && repeated ? interval(seconds * 1000, scheduler).pipe(map(() => repeated)) : EMPTY,
        );
      };
      const watch = (signal: TurnSignal): void => {
        if (isEvent(signal)) {
          if (signal.type === "response.in_progress") inProgress = responseEvent(signal.data, REPEATED);
          if (!holding || signal.framing?.comment) return;
        } else if (signal.kind === "hold_start") holding = true;
        else if (RESTS.has(signal.kind)) holding = false;
        else return;
        beginSilence();
      };
      const end = (): void => {
        silences.next(EMPTY);
        silences.complete();
      };
      return merge(turn.pipe(tap({ next: watch, complete: end })), silences.pipe(switchAll()));
    });
}

const RESTS = new Set(["hold_release", "turn_end"]);
