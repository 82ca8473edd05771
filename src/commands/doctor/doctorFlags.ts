import type { FlagTable } from "../command.js";
import { runFlags } from "../run/runFlags.js";
import { wiringFlags } from "../wire/flags.js";

export const doctorFlags = {
  port: { ...wiringFlags.port, describes: "the port to look at, where Codex is not wired to one" },
  codexHome: wiringFlags.codexHome,
  upstream: runFlags.upstream,
  proxy: runFlags.proxy,
  caFile: runFlags.caFile,
  json: { type: "boolean", describes: "print the findings as JSON" },
} as const satisfies FlagTable;
