import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { crowd, nothingSeen, stage } from "./support/crowd.js";
import { watchLeaks } from "./support/leaks.js";

const TURNS = 1000;
const CLIENTS = 64;
const SEED = process.env["CHAOS_SEED"] ?? "1";

/** What may have grown for good: compiled code, warm pools. */
const SLACK_BYTES = 16 * 1024 * 1024;

it(`${TURNS} turns of ${CLIENTS} clients with a tenth of the rounds going wrong (seed ${SEED})`, async () => {
  await round(100, "warm-up");
  const leaks = watchLeaks();
  const before = await heapInUse();

  const { seen, open, bugs } = await round(TURNS, SEED);

  expect(bugs).toEqual([]);
  expect(seen.wrong).toEqual([]);
  expect(seen.turns).toBeGreaterThanOrEqual(TURNS);
  // Each kind of ending was there, and the answers are most of them.
  expect(seen.endings.get("the answer")).toBeGreaterThan(0.7 * TURNS);
  expect(seen.endings.get("the first round's answer")).toBeGreaterThan(0);
  expect(seen.endings.get("the stream dies")).toBeGreaterThan(0);
  expect(open).toBe(0);
  expect(await leaks.left()).toEqual({});
  expect(leaks.warnings).toEqual([]);
  expect((await heapInUse()) - before).toBeLessThan(SLACK_BYTES);
});

/** Everything it needs is made and ended within, so that what is left afterwards is a leak. */
async function round(turns: number, seed: string) {
  const bugs: string[] = [];
  const { proxy, base, close } = await stage(seed, 0.1, bugs);
  const seen = nothingSeen();
  let left = turns;
  await crowd(base, { seed, clients: CLIENTS, goesOn: () => left-- > 0 }, seen);
  while (proxy.health().counters.open > 0) await sleep(10);
  const { open } = proxy.health().counters;
  await close();
  return { seen, open, bugs };
}

async function heapInUse(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (const _ of [1, 2, 3]) {
    await sleep(20);
    collect();
  }
  return process.memoryUsage().heapUsed;
}
