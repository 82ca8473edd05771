import { describe, expect, test } from "vitest";
import { purseOf } from "../../src/reports/purse.js";

const HOUR = 60 * 60 * 1000;

/** A purse, and a clock that tests set. */
function purse(limit: number) {
  const clock = { now: Date.parse("2026-11-25T12:00:00Z") };
  return Object.assign(clock, { purse: purseOf(() => limit, () => clock.now) }); // oxfmt-ignore
}

describe("the purse", () => {
  test("is empty when as much is spent as may be", () => {
    const { purse: one, now } = purse(1000);
    one.spend(now, 999);
    expect(one.isEmpty()).toBe(false);
    one.spend(now, 1);
    expect(one.isEmpty()).toBe(true);
  });

  test("fills again when what was spent is a day old", () => {
    const clock = purse(1000);
    clock.purse.spend(clock.now, 600);
    clock.now += 10 * HOUR;
    clock.purse.spend(clock.now, 600);
    expect(clock.purse.isEmpty()).toBe(true);
    clock.now += 13 * HOUR;
    expect(clock.purse.isEmpty()).toBe(true);
    clock.now += 2 * HOUR;
    expect([clock.purse.spent(), clock.purse.isEmpty()]).toEqual([600, false]);
  });

  test("counts what others have spent, as it was last told", () => {
    const { purse: one, now } = purse(1000);
    one.spend(now, 400);
    one.setOthers([{ time: now - HOUR, tokens: 500 }, { time: now - 25 * HOUR, tokens: 5000 }]); // oxfmt-ignore
    expect(one.spent()).toBe(900);
    one.setOthers([{ time: now - HOUR, tokens: 700 }]);
    expect([one.spent(), one.isEmpty()]).toEqual([1100, true]);
  });

  test("without a limit is never empty", () => {
    const { purse: one, now } = purse(0);
    one.spend(now, 1e9);
    expect(one.isEmpty()).toBe(false);
  });
});
