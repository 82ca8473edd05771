import { mkdir } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { Subject } from "rxjs";
import { openJournal } from "../../../src/journal/writer.js";
import { followSpending } from "../../../src/commands/run/spending.js";
import { purseOf } from "../../../src/reports/purse.js";
import type { TurnReport } from "../../../src/reports/turnReport.js";
import { turnReport } from "../../journal/reports.js";
import { scratchHome } from "../scratchHome.js";

const HOUR = 60 * 60 * 1000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString();
const costOf = ({ rounds }: TurnReport): number =>
  rounds.slice(1).reduce((sum, { usage }) => sum + (usage?.total ?? 0), 0);

let end: (() => void) | undefined;
afterEach(() => end?.());

async function followed(before: readonly TurnReport[], limit = 1000) {
  const folder = `${(await scratchHome()).path}/state`;
  await mkdir(folder);
  const journal = openJournal({ folder, onError: (reason) => expect.fail(reason) });
  before.forEach(journal.write);
  await journal.close();
  const purse = purseOf(() => limit);
  const turns$ = new Subject<TurnReport>();
  const health = () => ({ ...(limit > 0 && { extraTokens: { spent: 0, limit } }) }) as never;
  end = await followSpending({ proxy: { purse, turns$, health }, folder, everyMs: 20 });
  return { purse, turns$, journal };
}

test("what was spent before a restart is spent, for a day", async () => {
  const [recent, old, single] = [
    turnReport([516, 217], { time: ago(2) }),
    turnReport([516, 217], { time: ago(25) }),
    turnReport([516], { time: ago(1) }),
  ];
  const { purse } = await followed([recent, old, single]);
  expect(costOf(recent)).toBeGreaterThan(0);
  expect(purse.spent()).toBe(costOf(recent));
});

test("what others spend meanwhile counts, and what this one spends counts once", async () => {
  const { purse, turns$, journal } = await followed([]);
  const [own, other] = [turnReport([516, 217], { time: ago(0) }), turnReport([516, 300], { time: ago(0.1) })];
  purse.spend(Date.now(), costOf(own));
  turns$.next(own);
  [own, other].forEach(journal.write);
  await journal.close();
  await vi.waitFor(() => expect(purse.spent()).toBe(costOf(own) + costOf(other)));
});

test("without a limit the journal is not read", async () => {
  const { purse } = await followed([turnReport([516, 217], { time: ago(1) })], 0);
  expect(purse.spent()).toBe(0);
});
