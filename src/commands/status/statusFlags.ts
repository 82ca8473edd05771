import type { FlagTable, FlagValues } from "../command.js";
import { runFlags } from "../run/runFlags.js";

export const statusFlags = {
  port: { ...runFlags.port, describes: "the port the instance listens on" },
  json: { type: "boolean", describes: "print one JSON object" },
} as const satisfies FlagTable;

export type StatusFlags = FlagValues<typeof statusFlags>;
