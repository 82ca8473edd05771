import { defineCommand, type FlagTable, type FlagValues } from "../command.js";
import { htmlFlag } from "../htmlFile.js";
import { period } from "../parsing/since.js";
import { codexHomeFlag } from "../wire/codexHome.js";

export const scanFlags = {
  ...codexHomeFlag,
  since: {
    type: "string",
    value: "WHEN",
    default: "30d",
    allowed: period,
    describes: "how far back to look",
  },
  json: { type: "boolean", describes: "print one JSON object" },
  csv: { type: "boolean", describes: "print CSV" },
  ...htmlFlag,
} as const satisfies FlagTable;

export type ScanFlags = FlagValues<typeof scanFlags>;

export const scan = defineCommand({
  name: "scan",
  summary: "look in Codex' own session logs for responses that were cut",
  description: [
    `Counts, per model and effort, the responses whose reasoning ended at exactly 518n-2 tokens (516, 1034, 1552, ...),
    against what chance would give (one in 518), draws the token counts around the first tiers and the weeks, and, once
    "codexcomp wire" has been used, compares before and after.`,
    `Reads the token counts, times, models and efforts in sessions and archived_sessions, and nothing else of the logs.
    Nothing is sent anywhere. Repeated counts, copied histories of forked sessions and second copies of a log are left
    out. A folded response counts with the sum of its rounds.`,
  ],
  examples: [
    { line: "codexcomp scan", does: "am I affected? the last 30 days" },
    {
      line: "codexcomp scan --since all --csv",
      does: "a line for each week, model and effort, for a spreadsheet",
    },
    { line: "codexcomp scan --json", does: "the same for scripts" },
    { line: "codexcomp scan --html scan.html", does: "charts in one file, with nothing personal in it" },
  ],
  flags: scanFlags,
  run: async (invocation) => (await import("./performScan.js")).performScan(invocation),
});
