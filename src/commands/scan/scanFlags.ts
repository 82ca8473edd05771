import type { FlagTable, FlagValues } from "../command.js";
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
} as const satisfies FlagTable;

export type ScanFlags = FlagValues<typeof scanFlags>;
