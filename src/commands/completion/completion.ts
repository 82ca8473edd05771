import { defineCommand } from "../command.js";

const shells = ["bash", "zsh", "fish", "powershell"] as const;

export const completion = defineCommand({
  name: "completion",
  summary: "print the completions for a shell",
  description: [
    "Prints a script that teaches the shell codexcomp's commands, flags and values. It is made from the same table as the help.",
    "bash, in ~/.bashrc:",
    '  eval "$(codexcomp completion bash)"',
    "zsh, in ~/.zshrc after compinit:",
    '  eval "$(codexcomp completion zsh)"',
    "fish, once:",
    "  codexcomp completion fish > ~/.config/fish/completions/codexcomp.fish",
    "PowerShell, in $PROFILE:",
    "  codexcomp completion powershell | Out-String | Invoke-Expression",
  ],
  examples: [
    { line: 'eval "$(codexcomp completion bash)"', does: "completions for this bash session" },
    {
      line: "codexcomp completion fish > ~/.config/fish/completions/codexcomp.fish",
      does: "completions for fish, for good",
    },
  ],
  args: [{ name: "SHELL", describes: `${shells.join(", ")}`, required: true, choices: shells }],
  flags: {},
  async run({ args: [shell], commands, stdout }) {
    const { completionScript } = await import("./script.js");
    stdout.write(completionScript(shell as (typeof shells)[number], commands));
    return 0;
  },
});
