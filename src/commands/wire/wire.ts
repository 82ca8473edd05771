import { wholeNumber } from "../../options/allowed.js";
import { defineCommand, type FlagTable } from "../command.js";
import { codexHomeFlag } from "./codexHome.js";
import { LOCAL } from "../../codex/config/detour.js";
import { askHealth } from "./health.js";

/** What `wire` and `unwire` have in common. */
export const wiringFlags = {
  port: {
    type: "number",
    value: "PORT",
    default: 8787,
    allowed: wholeNumber(1, 65535),
    describes: "the port of the proxy",
  },
  ...codexHomeFlag,
  dryRun: { type: "boolean", describes: "print what would change, as a diff, and change nothing" },
  json: { type: "boolean", describes: "print the outcome as JSON" },
} as const satisfies FlagTable;

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
    { line: "codexcomp wire --if-running", does: "only where a codexcomp runs: Codex works in any case" },
    { line: "codexcomp wire --check", does: "say whether Codex reaches a running codexcomp" },
  ],
  flags: {
    ...wiringFlags,
    check: { type: "boolean", describes: "only say whether Codex is wired to a running codexcomp" },
    force: { type: "boolean", describes: "replace what leads Codex elsewhere" },
    ifRunning: { type: "boolean", describes: "change nothing where no codexcomp runs on the port" },
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

    if (flags.ifRunning) {
      const { kind } = await askHealth({ host: LOCAL, port: flags.port });
      if (kind !== "codexcomp") {
        const who = kind === "nobody" ? "nothing runs" : "what answers is no codexcomp";
        throw new Error(`not wired: ${who} on port ${flags.port} (--if-running)`);
      }
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
