import { defineCommand } from "../command.js";
import { logsFlags } from "./logsFlags.js";

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
  async run(invocation) {
    const { showLogs } = await import("./showLogs.js");
    return showLogs(invocation);
  },
});
