import { describe, expect, it } from "vitest";
import { roundLine, turnLine } from "../../src/reports/logLines.js";
import type { RoundReport, TurnReport } from "../../src/reports/turnReport.js";

const roundReport = (fields: Partial<RoundReport> = {}): RoundReport => ({
  round: 1,
  usage: { input: 21550, cached: 0, output: 664, reasoning: 516, total: 22214 },
  tier: 1,
  verdict: { action: "continue", reason: "fingerprint" },
  thinking: { items: 1, bytes: 3000, open: 0, knownShape: true, hostedTool: false },
  live: undefined,
  held: ["function_call"],
  heldSeconds: 2.5,
  failure: undefined,
  seconds: 31.26,
  ...fields,
});

const turnReport = (fields: Partial<TurnReport> = {}): TurnReport => ({
  ...{ id: "00a1", time: "2026-09-01T10:00:00.000Z", model: "gpt-5.5", effort: "high", transport: "http" },
  rounds: [roundReport(), roundReport({ round: 2 })],
  outcome: "completed",
  stop: "natural",
  usage: undefined,
  billed: { input: 44156, cached: 0, output: 1230, reasoning: 807, total: 45386 },
  firstWordSeconds: 61.2,
  seconds: 62.04,
  addedSeconds: 30.8,
  ...fields,
});

describe("the lines that people grep for", () => {
  it("a round that is continued", () => {
    expect(roundLine("00a1", "gpt-5.5", roundReport())).toBe(
      "[00a1 gpt-5.5] round 1: in=21550 out=664 reason=516 total=22214 | n=1 buffered=['function_call'] -> continue 31.3s",
    );
  });

  it("a cut round of a model that is not folded", () => {
    const verdict = { action: "final", reason: "model_not_selected" } as const;
    expect(roundLine("00a1", "gpt-6-astra", roundReport({ verdict, held: [] }))).toMatch(
      / n=1 buffered=\[\] -> observed \(model_not_selected\) 31\.3s$/,
    );
  });

  it("a round that ended as it should", () => {
    const usage = { input: 22606, cached: 0, output: 566, reasoning: 291, total: 23172 };
    const verdict = { action: "final", reason: "natural" } as const;
    expect(
      roundLine("00a1", "gpt-5.5", roundReport({ round: 2, usage, tier: undefined, verdict })),
    ).toContain(
      " round 2: in=22606 out=566 reason=291 total=23172 | n=None buffered=['function_call'] -> clean ",
    );
  });

  it("the end of the turn", () => {
    expect(turnLine(turnReport())).toBe(
      "[00a1 gpt-5.5] done: 2 round(s) | in=44156 out=1230 reason=807 total=45386 | status=completed stop=natural 62.0s",
    );
  });
});

describe("a round's line says", () => {
  it.each([
    [{ held: [] }, "buffered=[] "],
    [{ held: ["message", "function_call"] }, "buffered=['message', 'function_call'] "],
    [
      { tier: 7, verdict: { action: "final", reason: "tier_out_of_window" } },
      "n=7 buffered=['function_call'] -> tier_out_of_window ",
    ],
    [{ verdict: { action: "final", reason: "max_continue" } }, "-> max_continue "],
    [{ verdict: { action: "continue", reason: "stalled" } }, "-> continue (stalled) "],
    [
      {
        usage: undefined,
        tier: undefined,
        held: [],
        failure: "HTTP 429",
        verdict: { action: "final", reason: "no_terminal" },
      },
      "in=? out=? reason=? total=? | n=None buffered=[] -> no_terminal (HTTP 429) ",
    ],
  ] satisfies [Partial<RoundReport>, string][])("%j", (fields, words) => {
    expect(roundLine("1", "m", roundReport(fields))).toContain(words);
  });

  it("a model that is not named", () => {
    expect(roundLine("1", "", roundReport())).toMatch(/^\[1 \?\] round 1:/);
  });
});
