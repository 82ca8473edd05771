import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ignoreMissing } from "../../service/atomicFile.js";
import type { Environment } from "../command.js";
import { codexHomeOf } from "./codexHome.js";

/** A variable that Codex sets for itself, before it looks at anything else. */
export interface DotEnvEntry {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * What `$CODEX_HOME/.env` sets. Codex puts it over its environment when it starts, all but what begins with `CODEX_`
 * (codex-rs, arg0; seen with 0.142.5 and 0.169.0).
 */
export async function readDotEnv(codexHome: string | undefined, env: Environment): Promise<DotEnvEntry[]> {
  const path = join(codexHomeOf(codexHome, env), ".env");
  const text =
    (await readFile(path, "utf8")
      .catch(ignoreMissing)
      .catch(() => undefined)) ?? "";
  return text.split("\n").flatMap((line, index) => {
    const [, name = "", rest = ""] =
      /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$/.exec(line.trimEnd()) ?? [];
    if (name === "" || name.toUpperCase().startsWith("CODEX_")) return [];
    return [{ name, value: valueOf(rest), path, line: index + 1 }];
  });
}

/** The variables that entries come to; the last one of a name counts. */
export function setBy(entries: readonly DotEnvEntry[]): Environment {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

/** A value in quotes, or up to a comment. */
function valueOf(text: string): string {
  const [, , quoted] = /^(["'])(.*?)\1/.exec(text) ?? [];
  return quoted ?? text.replace(/\s+#.*$/, "");
}
