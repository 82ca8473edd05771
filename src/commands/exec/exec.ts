import { defineCommand } from "../command.js";
import { execFlags } from "./execFlags.js";

/** Those of a shell, for a command that could not be run. */
export const exitCodes = {
  126: "the command cannot be executed",
  127: "the command was not found",
  "128+N": "the command was ended by signal N; any other code is the command's own",
};

export const exec = defineCommand({
  name: "exec",
  summary: "run a command whose calls to OpenAI go through a proxy of its own",
  description: [
    `Starts a proxy on a free port, runs the command with the terminal handed over, and ends with its exit code. There is
    nothing to set up before and nothing to undo: no config is changed, and the proxy ends with the command.`,
    `Codex is told where the proxy is by -c openai_base_url=..., any other command by OPENAI_BASE_URL, which the OpenAI
    SDKs read.`,
    `While the command runs, nothing is written to the terminal: "codexcomp logs" shows the log. Where something was cut,
    one line at the end says what became of it. The journal is the one that "codexcomp stats" reads.`,
    "Takes the flags of codexcomp run, except those that say where to listen.",
  ],
  examples: [
    {
      line: "codexcomp exec -- codex exec review",
      does: "run Codex: the same as codexcomp codex exec review",
    },
    {
      line: "codexcomp exec --mode observe -- python agent.py",
      does: "only report what is cut in a program of your own",
    },
  ],
  args: [{ name: "COMMAND", describes: "the command, and its arguments", required: true, repeatable: true }],
  passes: "command",
  flags: execFlags,
  exitCodes,
  async run(invocation) {
    const { runCommand } = await import("./runCommand.js");
    return runCommand(invocation);
  },
});
