import type { Surroundings } from "./command.js";

/**
 * Aborted by the first Ctrl-C or SIGTERM. A second one ends the process, whatever it is doing, as it ends a program that
 * does not listen: not by `process.exit`, which waits for what the system has been asked (seen: to open a named pipe).
 */
export function stopSignals(): Required<Pick<Surroundings, "signal" | "takeSignals">> {
  const stop = new AbortController();
  let taker: ((signal: NodeJS.Signals) => void) | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (taker) return taker(signal);
      if (!stop.signal.aborted) return stop.abort(signal);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  }
  return {
    signal: stop.signal,
    takeSignals: (handler) => {
      taker = handler;
      return () => (taker = undefined);
    },
  };
}
