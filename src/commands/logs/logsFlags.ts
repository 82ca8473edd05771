import type { FlagTable, FlagValues } from "../command.js";
import { wholeNumber } from "../../options/allowed.js";

export const logsFlags = {
  exec: {
    type: "boolean",
    describes: "the log of codexcomp codex and codexcomp exec, also where a service is installed",
  },
  follow: { type: "boolean", short: "f", describes: "go on with what is written from now on, until Ctrl-C" },
  lines: {
    type: "number",
    short: "n",
    default: 100,
    allowed: wholeNumber(0, 100_000),
    describes: "how many of the last lines to show",
  },
} as const satisfies FlagTable;

export type LogsFlags = FlagValues<typeof logsFlags>;
