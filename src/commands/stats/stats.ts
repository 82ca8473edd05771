import { defineCommand } from "../command.js";
import { statsFlags } from "./statsFlags.js";

export const stats = defineCommand({
  name: "stats",
  summary: "show what the proxy has done: turns, folds, tokens and time",
  description: [
    `Reads the journal that "codexcomp run" keeps (numbers only, unless --no-journal) and shows how many turns had a
    response that was cut, how their folds ended, and what continuing them took in tokens and in time, per model and
    effort and over time. No prices: what a token costs depends on your plan.`,
  ],
  examples: [
    { line: "codexcomp stats", does: "the last 7 days" },
    { line: "codexcomp stats --since all --json", does: "everything in the journal, for scripts" },
  ],
  flags: statsFlags,
  async run(invocation) {
    const { performStats } = await import("./performStats.js");
    return performStats(invocation);
  },
});
