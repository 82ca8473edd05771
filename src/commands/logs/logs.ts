import { defineCommand } from "../command.js";
import { logsFlags } from "./logsFlags.js";

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
  async run(invocation) {
    const { showLogs } = await import("./showLogs.js");
    return showLogs(invocation);
  },
});
