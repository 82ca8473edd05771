import { join, resolve } from "node:path";
import { homeFolder } from "../../service/places.js";
import type { Environment, FlagTable } from "../command.js";

/** The `--codex-home` flag, for every command that looks at Codex' own files. */
export const codexHomeFlag = {
  codexHome: {
    type: "string",
    value: "DIR",
    completes: "directory",
    describes: "the folder of Codex, instead of $CODEX_HOME or ~/.codex",
  },
} as const satisfies FlagTable;

/** The folder of Codex: from the flag, else `CODEX_HOME`, else `~/.codex`, as Codex itself has it. */
export function codexHomeOf(flag: string | undefined, env: Environment): string {
  return resolve(flag ?? (env["CODEX_HOME"] || join(homeFolder(env), ".codex")));
}

export function configPathOf(codexHome: string): string {
  return join(codexHome, "config.toml");
}
