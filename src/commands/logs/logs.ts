import { wholeNumber } from "../../options/allowed.js";
import { defineCommand, type FlagTable, type FlagValues } from "../command.js";

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

export const logs = defineCommand({
  name: "logs",
  summary: "show the log of the service, or of codexcomp codex and exec",
  description: [
    `Shows what the service that "codexcomp install-service" sets up has logged, wherever the platform keeps it: the
    user's systemd journal on Linux, ~/Library/Logs/codexcomp on macOS, %LOCALAPPDATA%\\codexcomp on Windows. Where none is
    installed, shows what "codexcomp codex" and "codexcomp exec" have logged (codexcomp.log in the state folder; each line
    begins with the process). A proxy that was started in a terminal by "codexcomp run" logs there.`,
  ],
  examples: [
    { line: "codexcomp logs", does: "the last 100 lines" },
    { line: "codexcomp logs -f", does: "watch it work" },
    { line: "codexcomp logs --exec -f", does: "watch codexcomp codex, beside an installed service" },
  ],
  flags: logsFlags,
  run: async (invocation) => (await import("./showLogs.js")).showLogs(invocation),
});
