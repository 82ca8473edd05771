import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { stage } from "./support/crowd.js";
import { watchLeaks } from "./support/leaks.js";
import { strayClient } from "./support/rawClients.js";
import { seeded } from "./support/random.js";

const CLIENTS = 1000;
const AT_ONCE = 64;
const SEED = process.env["CHAOS_SEED"] ?? "1";

it(`${CLIENTS} clients that leave half-way, with wrong bytes in what they say (seed ${SEED})`, async () => {
  const leaks = watchLeaks();
  const bugs: string[] = [];
  const { proxy, base, close } = await stage(SEED, 0.1, bugs);
  const port = Number(new URL(base).port);

  const numbers = Array.from({ length: CLIENTS }, (_, number) => number).values();
  const work = async (): Promise<void> => {
    for (const number of numbers) await strayClient(port, seeded(`${SEED} stray ${number}`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  while (proxy.health().counters.open > 0) await sleep(10);
  const { turns } = proxy.health().counters;
  await close();

  expect(bugs).toEqual([]);
  expect(turns).toBeGreaterThan(0.1 * CLIENTS);
  expect(await leaks.left()).toEqual({});
  expect(leaks.warnings).toEqual([]);
});
