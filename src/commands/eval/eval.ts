import { defineCommand } from "../command.js";
import { evalFlags } from "./evalFlags.js";

export const evaluate = defineCommand({
  name: "eval",
  summary: "find out whether folding helps your model: an A/B test",
  description: [
    `Asks the same puzzles twice through the real Codex, with your own login: once with cut rounds left as they are,
    once folded, in random order. Puzzles are made from a seed, so that no model has read them, and graded by program.
    Says for each model and effort whether folding helped, and how often chance alone would do as much.`,
    `It spends tokens: it says how many it expects, from a first pair, and asks. Every run is kept; the same command goes
    on where it was stopped, and repeats nothing. docs/eval.md says how to read the result, and its limits.`,
  ],
  examples: [
    { line: "codexcomp eval --rehearse", does: "see it, with a simulated upstream: it costs nothing" },
    { line: "codexcomp eval --model gpt-5.5 --effort high", does: "12 pairs with one model" },
    {
      line: "codexcomp eval --model gpt-5.5,gpt-5.4 --effort medium,high --pairs 20 --budget-tokens 4000000 --yes",
      does: "four comparisons, unattended",
    },
    { line: "codexcomp eval --model gpt-5.5 --html eval.html", does: "the result as a page" },
  ],
  flags: evalFlags,
  exitCodes: { 1: "Codex failed several times in a row" },
  async run(invocation) {
    const { performEval } = await import("./performEval.js");
    return performEval(invocation);
  },
});
