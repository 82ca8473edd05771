/**
 * Aborted by the first Ctrl-C or SIGTERM. A second one ends the process, whatever it is doing, as it ends a program that
 * does not listen: not by `process.exit`, which waits for what the system has been asked (seen: to open a named pipe).
 */
export function stopSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) return stop.abort(signal);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  }
  return stop.signal;
}
