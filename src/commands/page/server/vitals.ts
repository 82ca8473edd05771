import { monitorEventLoopDelay } from "node:perf_hooks";
import { Observable, share } from "rxjs";
import type { Vitals } from "../../../page/messages.js";

/** Milliseconds between two readings; they also show that the connection lives. */
const EVERY = 5000;

/** In milliseconds; a timer that is late by less is on time. */
const RESOLUTION = 20;

/**
 * How the process is, read while somebody listens. The first reading comes at once.
 *
 * @param counted what the proxy itself counts
 */
export function vitals(counted: () => Pick<Vitals, "counters" | "extraTokens">): Observable<Vitals> {
  return new Observable<Vitals>((subscriber) => {
    const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
    delays.enable();
    const read = (): void => {
      // The histogram counts whole intervals; what is over is the delay.
      const late = (percentile: number): number =>
        Math.max(0, Math.round((delays.percentile(percentile) / 1e6 - RESOLUTION) * 10) / 10);
      subscriber.next({
        now: Date.now(),
        memory: process.memoryUsage.rss(),
        delay: { p50: late(50), p99: late(99) },
        ...counted(),
      });
      delays.reset();
    };
    read();
    const timer = setInterval(read, EVERY);
    timer.unref();
    return () => {
      clearInterval(timer);
      delays.disable();
    };
  }).pipe(share());
}
