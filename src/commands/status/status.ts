import { defineCommand, type FlagTable, type FlagValues } from "../command.js";
import { runFlags } from "../run/runFlags.js";

export const statusFlags = {
  port: { ...runFlags.port, describes: "the port the instance listens on" },
  json: { type: "boolean", describes: "print one JSON object" },
} as const satisfies FlagTable;

export type StatusFlags = FlagValues<typeof statusFlags>;

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
  run: async (invocation) => (await import("./showStatus.js")).showStatus(invocation),
});
