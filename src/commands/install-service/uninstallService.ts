import { defineCommand } from "../command.js";

export const uninstallService = defineCommand({
  name: "uninstall-service",
  summary: "stop the service, and remove it",
  description: [
    'Removes everything that "codexcomp install-service" has made. Codex stays wired: see "codexcomp unwire".',
  ],
  examples: [{ line: "codexcomp uninstall-service", does: "no longer start codexcomp at login" }],
  flags: {},
  async run(invocation) {
    const { uninstall } = await import("./uninstall.js");
    return uninstall(invocation);
  },
});
