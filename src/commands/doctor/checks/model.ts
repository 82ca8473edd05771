import { readFile } from "node:fs/promises";
import type { TomlTable } from "smol-toml";
import { matchesGlob } from "../../../protocol/globs.js";
import { FOLDED_BY_DEFAULT } from "../../../protocol/knownModels.js";
import { adviceFor } from "../../../protocol/modelAdvice.js";
import type { Environment } from "../../command.js";
import { codexHomeOf, configPathOf } from "../../wire/codexHome.js";
import { parseConfig } from "../../../codex/config/config.js";
import type { Listener } from "../../wire/health.js";
import { findings, type Finding } from "../finding.js";

/** Whether the model that Codex uses is folded, and whether cut rounds were left alone. */
export async function checkModel(
  listener: Listener,
  codexHome: string | undefined,
  env: Environment,
): Promise<Finding> {
  const { ok, warn } = findings("model", "The model is folded");
  const health = listener.kind === "codexcomp" ? listener.health : {};
  const { spent, limit } = (health["extraTokens"] ?? {}) as { spent?: unknown; limit?: unknown };
  if (typeof spent === "number" && typeof limit === "number" && spent >= limit)
    return warn(
      `the day's ${limit} extra tokens are spent: turns are only observed (--max-extra-tokens-per-day)`,
    );

  const globs = health["foldedModels"];
  const folded = Array.isArray(globs) ? globs.filter((glob) => typeof glob === "string") : FOLDED_BY_DEFAULT;
  const { observed } = (health["counters"] ?? {}) as { observed?: unknown };
  const seen = typeof observed === "number" && observed > 0;
  const left = seen ? `; ${observed} cut rounds were only observed since the start` : "";
  const model = await modelOf(codexHome, env);
  if (model === undefined) {
    const what = `config.toml names no model; folded: ${folded.join(", ") || "none"}`;
    return seen ? warn(`${what}${left}`, "codexcomp eval") : ok(what);
  }
  if (matchesGlob(model, folded)) return ok(`${model}${left}`);
  const detail = `${model} is not: its cut rounds are only observed${left}`;
  return seen ? warn(`${detail}; ${adviceFor(model, true).text}`, "codexcomp eval") : ok(detail);
}

async function modelOf(codexHome: string | undefined, env: Environment): Promise<string | undefined> {
  const path = configPathOf(codexHomeOf(codexHome, env));
  const config = await readFile(path, "utf8")
    .then(parseConfig)
    .catch((): TomlTable => ({}));
  const { model } = config;
  return typeof model === "string" && model !== "" ? model.slice(0, 60) : undefined;
}
