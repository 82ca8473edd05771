import type { FlagTable, FlagValues } from "../command.js";
import { period } from "../parsing/since.js";

export const statsFlags = {
  since: { type: "string", value: "WHEN", default: "7d", allowed: period, describes: "how far back to look" },
  json: { type: "boolean", describes: "print one JSON object" },
} as const satisfies FlagTable;

export type StatsFlags = FlagValues<typeof statsFlags>;
