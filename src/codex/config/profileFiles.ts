import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ignoreMissing } from "../../service/atomicFile.js";
import { printable } from "../../reports/printable.js";
import { leadsElsewhere, parseConfig, profilesElsewhere } from "./config.js";
import { readConfigFile, type ConfigFile } from "./configFile.js";

/**
 * The profiles that would lead Codex past the proxy: `[profiles.NAME]` tables, and `NAME.config.toml` files, which
 * replaced them in Codex 0.134.
 *
 * @param config a config.toml that is valid
 * @returns one phrase for each, to say where it is
 */
export async function strayProfiles(codexHome: string, config: ConfigFile, url: string): Promise<string[]> {
  const tables = profilesElsewhere(parseConfig(config.text), url).map((name) => `[profiles.${name}]`);
  const names = (await readdir(codexHome).catch(ignoreMissing)) ?? [];
  const files: string[] = [];
  for (const name of names.filter((each) => each.endsWith(".config.toml")).sort()) {
    if (await fileLeadsElsewhere(join(codexHome, name), url)) files.push(name);
  }
  return [...tables, ...files].map(printable);
}

async function fileLeadsElsewhere(path: string, url: string): Promise<boolean> {
  try {
    return leadsElsewhere(parseConfig((await readConfigFile(path)).text), url);
  } catch {
    // A profile that Codex could not read either leads nowhere.
    return false;
  }
}
