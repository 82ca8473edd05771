import { defineCommand } from "../command.js";
import { statusFlags } from "./statusFlags.js";

export const status = defineCommand({
  name: "status",
  summary: "say what a running instance is doing",
  description: [
    `Asks the codexcomp that listens on the port: its version, where it forwards to, since when it runs, how many turns
    it has served, how many of them it folded, and how many are open now. Asking costs the proxy nothing, and nothing
    is asked of the upstream.`,
  ],
  examples: [
    { line: "codexcomp status", does: "the instance on port 8787" },
    { line: "codexcomp status --json", does: "the same for scripts, as /healthz says it" },
  ],
  flags: statusFlags,
  exitCodes: { 1: "no codexcomp runs there" },
  async run(invocation) {
    const { showStatus } = await import("./showStatus.js");
    return showStatus(invocation);
  },
});
