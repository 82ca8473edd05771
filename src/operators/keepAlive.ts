import {
  EMPTY,
  asyncScheduler,
  connect,
  distinctUntilChanged,
  ignoreElements,
  endWith,
  interval,
  map,
  merge,
  scan,
  switchMap,
  takeUntil,
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
 * @param seconds silence before each repetition of the last `response.in_progress`; 0 = never
 * @param scheduler for tests
 * @returns an operator that passes errors on; nothing is repeated where nothing is held
 */
export function keepAlive(
  seconds: number,
  scheduler: SchedulerLike = asyncScheduler,
): MonoTypeOperatorFunction<TurnSignal> {
  if (seconds === 0) return (turn) => turn;
  return connect((turn) => {
    const over = turn.pipe(ignoreElements(), endWith(true));
    const beats = turn.pipe(
      scan(watch, { holding: false, inProgress: undefined }),
      distinctUntilChanged(),
      switchMap(({ holding, inProgress }) =>
        holding && inProgress ? interval(seconds * 1000, scheduler).pipe(map(() => inProgress)) : EMPTY,
      ),
      takeUntil(over),
    );
    return merge(turn, beats);
  });
}

interface Watched {
  readonly holding: boolean;
  readonly inProgress: ResponseEvent | undefined;
}

const RESTS = new Set(["hold_release", "turn_end"]);

/** @returns another object when the silence begins anew */
function watch(seen: Watched, signal: TurnSignal): Watched {
  if (!isEvent(signal)) {
    if (signal.kind === "hold_start") return { ...seen, holding: true };
    return RESTS.has(signal.kind) ? { ...seen, holding: false } : seen;
  }
  if (signal.type === "response.in_progress")
    return { ...seen, inProgress: responseEvent(signal.data, REPEATED) };
  return seen.holding && !signal.framing?.comment ? { ...seen } : seen;
}
