import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Opens one stream and reads it until it is over, or until it is told to leave.
 *
 * @param opened to be called when its first event is there, any number of times
 */
export type Stream = (leave: AbortSignal, opened: () => void) => Promise<unknown>;

/**
 * Opens streams side by side, and waits until all are open.
 *
 * @param spread milliseconds over which they begin, so that their events do not come in step
 * @returns lets them run, and ends them when asked to
 */
export async function openStreams(stream: Stream, count: number, spread: number) {
  const leave = new AbortController();
  setMaxListeners(0, leave.signal);
  const streams = Array.from({ length: count }, (_, n) => {
    let over: Promise<unknown> = Promise.resolve();
    const open = new Promise<void>((opened, reject) => {
      over = sleep((spread * n) / count).then(() => stream(leave.signal, opened));
      over.catch(reject);
    });
    return { open, over };
  });
  await Promise.all(streams.map(({ open }) => open));
  return {
    end: async (): Promise<void> => {
      leave.abort();
      await Promise.all(streams.map(({ over }) => over));
    },
  };
}
