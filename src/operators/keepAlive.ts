import {
  EMPTY,
  Subject,
  asyncScheduler,
  defer,
  filter,
  map,
  merge,
  repeat,
  switchMap,
  tap,
  timer,
  type MonoTypeOperatorFunction,
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
 * One timer, which looks at when something last went by: what does go by costs none.
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
  const period = seconds * 1000;
  return (turn) =>
    defer(() => {
      const holds = new Subject<boolean>();
      let holding = false;
      let inProgress: ResponseEvent | undefined;
      /** When the client last heard something. */
      let heardAt = 0;

      const hears = (): void => void (heardAt = scheduler.now());
      const untilSilence = (): number => {
        const now = scheduler.now();
        heardAt = Math.min(heardAt, now); // the wall clock may be set back
        return heardAt + period - now;
      };
      const silences = defer(() => timer(untilSilence(), scheduler)).pipe(
        repeat(),
        filter(() => untilSilence() <= 0),
        tap(hears),
      );
      const hold = (begins: boolean): void => {
        holding = begins;
        hears();
        holds.next(holding);
      };
      const watch = (signal: TurnSignal): void => {
        if (isEvent(signal)) {
          if (signal.type === "response.in_progress") inProgress = responseEvent(signal.data, REPEATED);
          if (holding && !signal.framing?.comment) hears();
        } else if (signal.kind === "hold_start") hold(true);
        else if (RESTS.has(signal.kind)) hold(false);
      };
      const end = (): void => {
        hold(false);
        holds.complete();
      };
      return merge(
        turn.pipe(tap({ next: watch, complete: end })),
        holds.pipe(
          switchMap((held) => (held ? silences : EMPTY)),
          map(() => inProgress),
          filter((event) => event !== undefined),
        ),
      );
    });
}

const RESTS = new Set(["hold_release", "turn_end"]);
