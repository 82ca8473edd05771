import { Subject, catchError, exhaustMap, map, of, startWith, throttleTime, type Observable } from "rxjs";
import type { Scan, ScanResult } from "../../../page/messages.js";
import type { Said } from "./work/inWorker.js";

/** A reading of Codex' logs that somebody may start, and everybody sees. */
export interface Scanning {
  readonly scan$: Observable<Scan>;
  /** Begins one, unless that is going on. */
  start(): void;
}

/** Milliseconds between two words of progress. */
const EVERY = 200;

/** @param read reads the logs; told anew for each reading */
export function scanning(read: () => Observable<Exclude<Said, { kind: "failed" }>>): Scanning {
  const starts = new Subject<void>();
  const scan$ = new Subject<Scan>();
  starts
    .pipe(
      exhaustMap(() =>
        read().pipe(
          throttleTime(EVERY, undefined, { leading: true, trailing: true }),
          map(scanOf),
          startWith<Scan>({ state: "running", done: 0, total: 0 }),
          catchError((error: Error) => of<Scan>({ state: "failed", why: error.message })),
        ),
      ),
    )
    .subscribe(scan$);
  return { scan$, start: () => starts.next() };
}

function scanOf(said: Exclude<Said, { kind: "failed" }>): Scan {
  return said.kind === "progress"
    ? { state: "running", done: said.done, total: said.total }
    : { state: "done", at: Date.now(), found: said.result as ScanResult };
}
