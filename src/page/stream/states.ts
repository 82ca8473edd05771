import {
  EMPTY,
  asyncScheduler,
  distinctUntilChanged,
  exhaustMap,
  filter,
  interval,
  map,
  scan,
  startWith,
  switchMap,
  throttleTime,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
} from "rxjs";
import type { History } from "../messages.js";
import { firstState, nextState, type Happening, type PageState } from "../state/pageState.js";

/** Milliseconds between two readings of the journal, at the least. */
const HISTORY_EVERY = 30_000;

/** Milliseconds between two pictures of lanes that grow, and of a page on which nothing moves. */
const [FAST, SLOW] = [250, 5000];

/** Folds what happens into what the page shows. */
export function states(scheduler: SchedulerLike = asyncScheduler): OperatorFunction<Happening, PageState> {
  const clock = () => scheduler.now();
  return (happenings) =>
    happenings.pipe(
      scan((state, happening) => nextState(state, happening, clock()), firstState(clock())),
      startWith(firstState(clock())),
    );
}

/**
 * Asks for the history when there may be news in it: at each snapshot, and once turns have ended.
 *
 * ```
 * happenings  s---t-t----------t--|       s: snapshot, t: a turn has ended
 *        histories(ask: -h|, every 8)
 * result      -h-------h-------...
 * ```
 *
 * @param ask that fails leaves what was there
 */
export function histories(
  ask: () => Observable<History>,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<Happening, Happening> {
  return (happenings) =>
    happenings.pipe(
      filter(bringsNews),
      throttleTime(HISTORY_EVERY, scheduler, { leading: true, trailing: true }),
      exhaustMap(ask),
      map((history) => ({ kind: "history", history })),
    );
}

function bringsNews(happening: Happening): boolean {
  return (
    happening.kind === "snapshot" ||
    (happening.kind === "messages" && happening.messages.some(({ kind }) => kind === "turn"))
  );
}

/** Lets time go on: quickly while lanes grow. */
export function ticks(
  states: Observable<PageState>,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Happening> {
  return states.pipe(
    map(({ connection, live }) => (connection === "open" && live.running.length > 0 ? FAST : SLOW)),
    distinctUntilChanged(),
    switchMap((pause) => interval(pause, scheduler)),
    map(() => ({ kind: "tick" })),
  );
}

/** Nothing is heard while nobody looks: browsers allow six connections to one place, for all pages together. */
export function whileVisible<T>(visible: Observable<boolean>): (source: Observable<T>) => Observable<T> {
  return (source) =>
    visible.pipe(
      distinctUntilChanged(),
      switchMap((isVisible) => (isVisible ? source : EMPTY)),
    );
}
