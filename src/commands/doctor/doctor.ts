import { defineCommand, type FlagTable } from "../command.js";
import { runFlags } from "../run/runFlags.js";
import { wiringFlags } from "../wire/wire.js";

export const doctorFlags = {
  port: { ...wiringFlags.port, describes: "the port to look at, where Codex is not wired to one" },
  codexHome: wiringFlags.codexHome,
  upstream: runFlags.upstream,
  proxy: runFlags.proxy,
  caFile: runFlags.caFile,
  json: { type: "boolean", describes: "print the findings as JSON" },
} as const satisfies FlagTable;

export const doctor = defineCommand({
  name: "doctor",
  summary: "check everything that folding depends on",
  description: [
    "Looks at Node, the port, Codex and its config, proxies, the way to OpenAI, the service, and folds a built-in cut response. Whatever is red comes with the command that mends it.",
    "Spends nothing: OpenAI is asked without credentials, and refuses. Works offline, and then says what it could not check. Shows no secrets, so its output can go into a bug report.",
  ],
  examples: [
    { line: "codexcomp doctor", does: "is everything in order?" },
    { line: "codexcomp doctor --json", does: "the same for scripts" },
  ],
  flags: doctorFlags,
  exitCodes: { 1: "at least one check failed" },
  async run({ flags, stdout, env }) {
    const { diagnose } = await import("./diagnose.js");
    const findings = await diagnose({ ...flags, env });
    const { asJson, asText } = await import("./render.js");
    stdout.write(flags.json ? asJson(findings) : asText(findings, stdout, env));
    return findings.some(({ status }) => status === "fail") ? 1 : 0;
  },
});
