import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Opens one stream and reads it until it is over, or until it is told to leave. */
export type Stream = (leave: AbortSignal) => Promise<unknown>;

/**
 * Opens streams side by side.
 *
 * @param spread milliseconds over which they begin, so that their events do not come in step
 * @returns lets them run for some seconds, and ends them
 */
export async function openStreams(stream: Stream, count: number, spread: number) {
  const leave = new AbortController();
  setMaxListeners(0, leave.signal);
  const running = Array.from({ length: count }, async (_, n) => {
    await sleep((spread * n) / count);
    await stream(leave.signal);
  });
  await sleep(spread);
  return {
    end: async (): Promise<void> => {
      leave.abort();
      await Promise.all(running);
    },
  };
}
