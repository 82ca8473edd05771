import { defineCommand, type FlagTable, type FlagValues } from "../command.js";
import { htmlFlag } from "../htmlFile.js";
import { period } from "../parsing/since.js";

export const statsFlags = {
  since: { type: "string", value: "WHEN", default: "7d", allowed: period, describes: "how far back to look" },
  json: { type: "boolean", describes: "print one JSON object" },
  ...htmlFlag,
} as const satisfies FlagTable;

export type StatsFlags = FlagValues<typeof statsFlags>;

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
    { line: "codexcomp stats --since 30d --html stats.html", does: "charts in one file" },
  ],
  flags: statsFlags,
  run: async (invocation) => (await import("./performStats.js")).performStats(invocation),
});
