import { foldTurn } from "codexcomp";
import { completed, itemAdded, itemDone, marbles, message, reasoning } from "codexcomp/testing";
import { filter } from "rxjs";
import { expect, test } from "vitest";
import { minReasoning } from "./minReasoning.js";

const continueWhen = minReasoning({ "gpt-5.5*": 200, "gpt-5*": 50 });
const request = { model: "gpt-5.5", input: "How many?", reasoning: { effort: "high" }, stream: true };

const at = (output_index: number) => ({ output_index });
const r = itemDone(reasoning("rs_1"), at(0));
const m = itemAdded(message("29"), at(1));
const M = itemDone(message("29"), at(1));
const s = itemDone(reasoning("rs_2"), at(0));
const n = itemAdded(message("21"), at(1));
const N = itemDone(message("21"), at(1));

test("a first round that thought too little is continued, and its answer is never seen", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold("    r-m-M-(t|)            ", { r, m, M, t: completed({ reasoning: 80 }) });
    const two = cold("          s-n-N-(u|)      ", { s, n, N, u: completed({ reasoning: 300 }) });
    const oneSubs = "     ^-----!               ";
    const twoSubs = "     ------^-----!         ";
    const expected = "    r-----s-----(nN|)     ";

    const rounds = [one, two];
    const turn = foldTurn(request, () => rounds.shift() ?? two, { continueWhen });
    const items = turn.pipe(filter(({ type }) => type !== "response.completed"));
    expectObservable(items).toBe(expected, {
      r,
      s: itemDone(reasoning("rs_2"), at(1)),
      n: itemAdded(message("21"), at(2)),
      N: itemDone(message("21"), at(2)),
    });
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });
});

test("a round that thought enough is the turn", () => {
  marbles(({ cold, expectObservable }) => {
    const t = completed({ reasoning: 300 });
    const one = cold("    r-m-M-(t|)   ", { r, m, M, t });
    const expected = "    r-----(mMt|) ";

    expectObservable(foldTurn(request, () => one, { continueWhen })).toBe(expected, { r, m, M, t });
  });
});

test.each([
  ["gpt-5.5-codex", 1, 199, "min_reasoning"],
  ["gpt-5.5-codex", 1, 200, false],
  ["gpt-5.5-codex", 2, 0, false],
  ["gpt-5.4", 1, 49, "min_reasoning"],
  ["o3", 1, 0, false],
])("%s, round %i, %i reasoning tokens: %s", (model, round, tokens, verdict) => {
  const usage = { input: 1, cached: 0, output: tokens, reasoning: tokens, total: tokens + 1 };
  expect(continueWhen({ model, round, effort: "high", usage })).toBe(verdict);
});
