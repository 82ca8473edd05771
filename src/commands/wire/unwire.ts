import { defineCommand } from "../command.js";
import { wiringFlags } from "./flags.js";

export const unwire = defineCommand({
  name: "unwire",
  summary: "take back what wire did",
  description: [
    "Restores Codex' config.toml to exactly what it was before wire. Where other lines have been changed since, only wire's own line is taken back.",
    "Copies that wire made are removed when they hold nothing that the file does not hold; others are kept, and named.",
  ],
  examples: [
    { line: "codexcomp unwire", does: "let Codex talk to OpenAI directly again" },
    { line: "codexcomp unwire --dry-run", does: "show what it would take back" },
  ],
  flags: wiringFlags,
  async run({ flags, env, stdout }) {
    const { unwireConfig } = await import("./unwireConfig.js");
    const report = await unwireConfig({ ...flags, env });
    const { describeUnwire } = await import("./describe.js");
    if (flags.json) stdout.write(`${JSON.stringify({ ...report, dryRun: flags.dryRun })}\n`);
    else stdout.write(describeUnwire(report, flags.dryRun));
    return 0;
  },
});
