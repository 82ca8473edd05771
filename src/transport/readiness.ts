import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether new work may come, for whoever distributes it. */
export interface Readiness {
  /** Answers `GET /readyz`: 200, or 503 once the proxy has been told to stop. */
  answer(response: ServerResponse): void;
  /**
   * The answer is 503 from now on. Resolves when nobody can be counting on the 200 any more: at once where nobody has asked
   * in the last half minute, else a moment after somebody has been told, or in half a minute.
   */
  retire(): Promise<void>;
}

/** Who has not asked for so long does not. Balancers ask every few seconds. */
const LATELY_MILLISECONDS = 30_000;

/** What a balancer that has just been told may still be sending on its way. */
const GRACE_MILLISECONDS = 1000;

export function readiness(): Readiness {
  let isReady = true;
  let askedAt = -Infinity;
  let tell = (): void => {};
  const told = new Promise<void>((resolve) => (tell = resolve));
  return {
    answer: (response) => {
      askedAt = performance.now();
      const headers = { "content-type": "application/json", "cache-control": "no-store" };
      response.writeHead(isReady ? 200 : 503, headers);
      response.end(JSON.stringify(isReady ? { ready: true } : { ready: false, reason: "stopping" }));
      if (!isReady) tell();
    },
    retire: async () => {
      isReady = false;
      if (performance.now() - askedAt > LATELY_MILLISECONDS) return;
      await Promise.race([told, sleep(LATELY_MILLISECONDS, undefined, { ref: false })]);
      await sleep(GRACE_MILLISECONDS, undefined, { ref: false });
    },
  };
}
