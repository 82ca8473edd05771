import { defineCommand } from "../command.js";
import { wiringFlags } from "./flags.js";

export const wire = defineCommand({
  name: "wire",
  summary: "point Codex at the proxy",
  description: [
    "Puts one line into Codex' config.toml, at the top level:",
    '  openai_base_url = "http://127.0.0.1:8787/v1"',
    "Everything else in the file stays as it is. A copy of it is made first, with the time in its name. Running it again changes nothing, or only the port.",
    'Where the file already has another openai_base_url, or a model_provider other than the built-in one, wire says so and changes nothing; with --force it replaces them, and "codexcomp unwire" brings them back.',
  ],
  examples: [
    { line: "codexcomp wire", does: "point Codex at the proxy on port 8787" },
    { line: "codexcomp wire --dry-run", does: "show the line it would add" },
    { line: "codexcomp wire --check", does: "say whether Codex reaches a running codexcomp" },
  ],
  flags: {
    ...wiringFlags,
    check: { type: "boolean", describes: "only say whether Codex is wired to a running codexcomp" },
    force: { type: "boolean", describes: "replace what leads Codex elsewhere" },
  },
  exitCodes: { 1: "refused, failed, or with --check: not wired to a running codexcomp" },
  async run({ flags, sources, env, stdout, stderr }) {
    if (flags.check) {
      const { checkWiring } = await import("./check.js");
      const port = sources.port === "default" ? undefined : flags.port;
      const result = await checkWiring({ codexHome: flags.codexHome, port, env });
      stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${result.says}\n`);
      return result.ok ? 0 : 1;
    }

    const { wireConfig } = await import("./wireConfig.js");
    const report = await wireConfig({ ...flags, env });
    const { describeWire, wireWarnings } = await import("./describe.js");
    if (flags.json) stdout.write(`${JSON.stringify({ ...report, dryRun: flags.dryRun })}\n`);
    else stdout.write(describeWire(report, flags.dryRun));
    for (const warning of await wireWarnings(report, env)) stderr.write(`codexcomp: ${warning}\n`);
    return 0;
  },
});
