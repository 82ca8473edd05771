import { describe, expect, it } from "vitest";
import { csvOf } from "../../../src/commands/scan/csv.js";
import { likelihoodOfChance, reportOf } from "../../../src/commands/scan/report.js";
import { createTally } from "../../../src/commands/scan/tally.js";

const about = { codexHome: "/home", until: "2026-06-01T00:00:00Z", files: 1, bytes: 1, unreadable: [] };
const monday = new Date(2026, 0, 5).getTime();
const day = 86_400_000;

function tallyOf(
  responses: readonly { reasoning: number; at?: number; model?: string; effort?: string }[],
  wiredAt?: number,
) {
  const tally = createTally(wiredAt);
  for (const { reasoning, at = monday, model = "gpt-5.5", effort = "high" } of responses) {
    tally.add({ time: at, model, effort, reasoning });
  }
  return tally;
}

describe("likelihoodOfChance", () => {
  it.each([
    // Poisson tails, by hand: 1, 1 - e^-1, 1 - 2/e, 1 - e^-0.1 * (1 + 0.1 + 0.005)
    [0, 518, 1],
    [1, 518, 0.632],
    [2, 518, 0.264],
    [3, 51.8, 0.000155],
  ])("%s of %s", (fingerprinted, responses, likelihood) => {
    expect(likelihoodOfChance(fingerprinted, responses)).toBeCloseTo(likelihood, 3);
  });
});

describe("reportOf", () => {
  it("counts responses with reasoning against chance", () => {
    const clean = Array.from({ length: 1036 }, (_, index) => ({ reasoning: 1 + (index % 515) }));
    const cut = Array.from({ length: 9 }, () => ({ reasoning: 516 }));
    const report = reportOf(tallyOf([...clean, ...cut, { reasoning: 0 }]), about, undefined);
    expect(report).toMatchObject({ responses: 1046, withReasoning: 1045, fingerprinted: 9, affected: true });
    expect(report.expectedByChance).toBeCloseTo(2.02);
    expect(reportOf(tallyOf([...clean, ...cut.slice(0, 4)]), about, undefined).affected).toBe(false);
  });

  it("groups by model and effort, the most used first", () => {
    const { models } = reportOf(
      tallyOf([{ reasoning: 5, model: "b" }, { reasoning: 516 }, { reasoning: 7, at: monday + 8 * day }]),
      about,
      undefined,
    );
    expect(models).toMatchObject([
      { model: "gpt-5.5", effort: "high", responses: 2, fingerprinted: 1 },
      { model: "b", responses: 1, fingerprinted: 0 },
    ]);
  });

  it("counts weeks from Monday to Sunday, oldest first", () => {
    const { weeks } = reportOf(
      tallyOf([
        { reasoning: 516, at: monday + 7 * day + 1 },
        { reasoning: 2, at: monday },
        { reasoning: 3, at: monday + 7 * day - 1 },
      ]),
      about,
      undefined,
    );
    expect(weeks).toMatchObject([
      { week: "2026-01-05", responses: 2, fingerprinted: 0 },
      { week: "2026-01-12", responses: 1, fingerprinted: 1 },
    ]);
  });

  it("draws the tiers apart from their neighbours", () => {
    const { histogram, tiers } = reportOf(
      tallyOf([
        { reasoning: 515 },
        { reasoning: 516 },
        { reasoning: 517 },
        { reasoning: 556 },
        { reasoning: 5178 },
      ]),
      about,
      undefined,
    );
    expect(histogram.filter(({ count }) => count > 0)).toEqual([
      { tier: 1, from: 496, to: 515, count: 1 },
      { tier: 1, from: 516, to: 516, count: 1 },
      { tier: 1, from: 517, to: 536, count: 1 },
      { tier: 1, from: 537, to: 556, count: 1 },
    ]);
    expect(tiers).toEqual({ 1: 1, 10: 1 });
  });

  it("compares before and since the wiring", () => {
    const tally = tallyOf([{ reasoning: 516 }, { reasoning: 4, at: monday + day }], monday + day);
    expect(reportOf(tally, about, "2026-01-06").wiring).toMatchObject({
      before: { fingerprinted: 1, withReasoning: 1 },
      since: { fingerprinted: 0, withReasoning: 1 },
    });
  });
});

describe("csvOf", () => {
  it("quotes what needs it", () => {
    const { cells } = tallyOf([{ reasoning: 516, model: 'a,"b"' }]);
    expect(csvOf(cells).split("\n")[1]).toBe('2026-01-05,"a,""b""",high,no,1,1,1,0.00');
  });
});
