import { defineCommand } from "../command.js";
import { find } from "../parsing/parse.js";

export const help = defineCommand({
  name: "help",
  summary: "explain codexcomp or one of its commands",
  description: [
    "Without a command: the list of commands. The same as --help, which every command understands.",
  ],
  examples: [{ line: "codexcomp help run", does: "everything about the proxy's flags" }],
  args: [{ name: "COMMAND", describes: "the command to explain", completes: "command" }],
  flags: {},
  async run({ args: [name], commands, stdout, env }) {
    const { commandHelp, overview } = await import("./render.js");
    stdout.write(
      name === undefined ? overview(commands, stdout, env) : commandHelp(find(name, commands), stdout, env),
    );
    return 0;
  },
});
