import { wholeNumber } from "../../options/allowed.js";
import { defineCommand, type FlagTable, type FlagValues } from "../command.js";

export const logsFlags = {
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

export const logs = defineCommand({
  name: "logs",
  summary: "show the log of the running service",
  description: [
    `Shows what the service that "codexcomp install-service" sets up has logged, wherever the platform keeps it: the
    user's systemd journal on Linux, ~/Library/Logs/codexcomp on macOS, %LOCALAPPDATA%\\codexcomp on Windows. A proxy
    that was started in a terminal logs there.`,
  ],
  examples: [
    { line: "codexcomp logs", does: "the last 100 lines" },
    { line: "codexcomp logs -f", does: "watch it work" },
  ],
  flags: logsFlags,
  run: async (invocation) => (await import("./showLogs.js")).showLogs(invocation),
});
