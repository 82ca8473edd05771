import { defineCommand } from "../command.js";
import { runFlags } from "./runFlags.js";

export const run = defineCommand({
  name: "run",
  summary: "run the proxy (what codexcomp does without a command)",
  description: [
    `Listens for Codex on a local port and forwards to OpenAI. A response whose reasoning was cut is continued until
    the model has thought to the end, and Codex sees one clean response.`,
    'Codex finds the proxy by one line at the top of its config.toml, which "codexcomp wire" writes:',
    '  openai_base_url = "http://127.0.0.1:8787/v1"',
    `After Ctrl-C or SIGTERM running turns have --drain-timeout seconds to finish; whoever asks /readyz is told before
    the port is closed. A second signal ends the process at once.`,
  ],
  examples: [
    { line: "codexcomp", does: "run on port 8787 with the defaults" },
    {
      line: "codexcomp run --port 9000 --max-continue 5",
      does: "another port, up to five continuations a turn",
    },
    { line: "codexcomp run --mode observe", does: "only report what is cut: never hold, never spend" },
  ],
  flags: runFlags,
  run: async (invocation) => (await import("./serve.js")).serve(invocation),
});
