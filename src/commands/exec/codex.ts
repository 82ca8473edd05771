import { defineCommand } from "../command.js";
import { exitCodes } from "./exec.js";
import { execFlags } from "./execFlags.js";

export const codex = defineCommand({
  name: "codex",
  summary: "run Codex through a proxy of its own: nothing to set up, nothing to undo",
  description: [
    `The same as "codexcomp exec -- codex ...": everything behind "codex" is Codex' own. Flags of codexcomp stand in front
    of it; "codexcomp help exec" has more.`,
    "Codex' config.toml is not changed, and need not be wired.",
  ],
  examples: [
    { line: "codexcomp codex", does: "Codex as always, and cut thoughts are thought to the end" },
    { line: "codexcomp codex resume --last", does: "any of its arguments" },
    { line: "codexcomp --max-continue 5 codex exec review", does: "flags of codexcomp in front" },
  ],
  args: [{ name: "ARGS", describes: "arguments of Codex", repeatable: true }],
  passes: "all",
  flags: execFlags,
  exitCodes,
  async run(invocation) {
    const { runCommand } = await import("./runCommand.js");
    return runCommand({ ...invocation, args: ["codex", ...invocation.args] });
  },
});
