import { describe, expect, test } from "vitest";
import { keyOf, nameOf, planOf, type Arm, type Pair } from "../../src/evaluation/plan.js";
import { readResults, type RunResult } from "../../src/evaluation/results.js";
import { summaryOf } from "../../src/evaluation/summary.js";
import { TASKS } from "../../src/evaluation/tasks/index.js";
import { judgeCondition } from "../../src/evaluation/verdict.js";

const OPTIONS = {
  models: ["gpt-5.5"],
  efforts: ["high"],
  tasks: TASKS,
  pairs: 12,
  seed: 1,
  difficulty: 3,
} as const;

function result(pair: Pair, arm: Arm, given: Partial<RunResult> = {}): RunResult {
  return {
    ...nameOf(pair, arm),
    time: "2026-11-20T10:00:00.000Z",
    verdict: "right",
    answer: "13",
    rounds: [{ turn: 1, reasoning: 516, tier: 1 }],
    continuations: arm === "fold" ? 1 : 0,
    tools: 0,
    usage: { input: 0, cached: 0, output: 0, reasoning: 0, total: arm === "fold" ? 1900 : 1000 },
    seconds: arm === "fold" ? 3 : 2,
    codex: "0.169.0",
    ...given,
  };
}

/** Both runs of each pair: a word of two letters each, what observing and what folding came to. */
function played(words: readonly string[], given: Partial<RunResult> = {}) {
  const plan = planOf({ ...OPTIONS, pairs: words.length });
  const runs = plan.flatMap((pair, i) =>
    (["observe", "fold"] as const).map((arm, j) => {
      const verdict = words[i]?.[j] === "R" ? "right" : "wrong";
      return result(pair, arm, { verdict, ...given });
    }),
  );
  const [summary] = summaryOf(plan, new Map(runs.map((run) => [keyOf(run), run])));
  if (!summary) throw new Error("no condition");
  return { summary, ...judgeCondition(summary) };
}

const times = (count: number, word: string): string[] => Array.from({ length: count }, () => word);

describe("a plan", () => {
  test("goes through the families, and keeps its first pairs when there are more", () => {
    const plan = planOf(OPTIONS);
    expect(plan.slice(0, 5).map(({ task }) => task.name)).toEqual(
      ["drawing", "cages", "knights", "tracing", "drawing"], // oxfmt-ignore
    );
    expect(planOf({ ...OPTIONS, pairs: 24 }).slice(0, 12)).toEqual(plan);
    expect(new Set(plan.map(({ seed }) => seed)).size).toBe(12);
  });

  test("asks the same puzzles in all conditions, and either arm first", () => {
    const plan = planOf({ ...OPTIONS, models: ["a", "b"], efforts: ["low", "high"], pairs: 20 });
    expect(plan).toHaveLength(80);
    const seeds = (from: number) => plan.slice(from, from + 20).map(({ seed }) => seed);
    expect(seeds(60)).toEqual(seeds(0));
    const first = plan.filter(({ order }) => order[0] === "fold").length;
    expect(first).toBeGreaterThan(20);
    expect(first).toBeLessThan(60);
  });

  test("has other puzzles for another seed", () =>
    expect(planOf({ ...OPTIONS, seed: 2 })[0]?.seed).not.toBe(planOf(OPTIONS)[0]?.seed));
});

describe("results", () => {
  const [pair] = planOf(OPTIONS) as [Pair];
  const lines = (...runs: object[]): string => runs.map((run) => `${JSON.stringify(run)}\n`).join("");

  test("are read back, by what names them", () => {
    const runs = [result(pair, "observe"), result(pair, "fold")];
    expect([...readResults(lines(...runs)).values()]).toEqual(runs);
  });

  test("that are torn, strange or there twice are passed over", () => {
    const first = result(pair, "observe");
    const text = `${lines(first, result(pair, "observe", { verdict: "wrong" }), { hello: 1 }, { ...first, arm: "x" })}{"mo`;
    expect([...readResults(text).values()]).toEqual([first]);
  });
});

describe("a summary", () => {
  test("counts what each arm came to", () => {
    const { summary } = played(["RR", "WR", "WW", "WR"]);
    expect(summary.arms.observe).toMatchObject({ runs: 4, right: 1, cutRounds: 4, continuations: 0, tokens: 1000, seconds: 2 }); // oxfmt-ignore
    expect(summary.arms.fold).toMatchObject({ runs: 4, right: 3, cutRuns: 4, continuations: 4, tokens: 1900, seconds: 3 }); // oxfmt-ignore
    expect(summary).toMatchObject({ gained: 2, lost: 0, p: 0.5, open: 0, codex: ["0.169.0"] });
  });

  test("leaves out a run whose pair is not complete", () => {
    const plan = planOf({ ...OPTIONS, pairs: 2 });
    const [one, other] = plan as [Pair, Pair];
    const runs = [result(one, "observe"), result(one, "fold"), result(other, "fold")];
    const [summary] = summaryOf(plan, new Map(runs.map((run) => [keyOf(run), run])));
    expect(summary?.arms.fold.runs).toBe(1);
    expect(summary?.open).toBe(1);
  });

  test("takes no answer in time for none", () => {
    const { summary } = played(["RR"], { verdict: "timeout" });
    expect(summary.arms.fold).toMatchObject({ right: 0, timeouts: 1 });
  });
});

describe("the verdict", () => {
  test("folding helps", () => {
    const { verdict, sentence } = played([...times(8, "WR"), ...times(1, "RW"), ...times(3, "RR")]);
    expect([verdict, sentence]).toEqual(["helps", "folding helps (+58 points, p = 0.039), at 1.9 times the tokens"]); // oxfmt-ignore
  });

  test("folding hurts", () => {
    const { verdict, sentence } = played([...times(6, "RW"), ...times(6, "RR")]);
    expect([verdict, sentence]).toEqual(["hurts", "folding hurts (-50 points, p = 0.031), at 1.9 times the tokens"]); // oxfmt-ignore
  });

  test("no difference, and what could not have been seen", () => {
    expect(played([...times(5, "WR"), ...times(7, "RR")])).toMatchObject({
      verdict: "no_difference",
      sentence: "no difference seen; with 12 pairs a gain under 50 points would not show",
    });
    expect(played(times(4, "WR")).sentence).toBe("no difference seen; with 4 pairs no gain would show");
  });

  test("nothing was cut, whatever was right", () => {
    expect(played(times(12, "WR"), { rounds: [{ turn: 1, reasoning: 700 }] })).toMatchObject({
      verdict: "nothing_cut",
      sentence: "nothing was cut: there is nothing to fold",
    });
  });

  test("without a complete pair says so", () => {
    const [summary] = summaryOf(planOf(OPTIONS), new Map());
    expect(summary && judgeCondition(summary)).toEqual({
      verdict: "no_difference",
      sentence: "no pair is complete: nothing can be said yet",
    });
  });
});
