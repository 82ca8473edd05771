import { join } from "node:path";
import type { TomlTable } from "smol-toml";
import type { Environment } from "../command.js";
import { codexHomeOf, configPathOf } from "../wire/codexHome.js";
import {
  BASE_URL,
  parseConfig,
  profileTable,
  PROVIDER,
  routeOf,
  usesOtherProvider,
} from "../../codex/config/config.js";
import { readConfigFile } from "../../codex/config/configFile.js";
import { askHealth, localAddress, shown } from "../wire/health.js";
import { choicesIn } from "./codexArgs.js";

/** Where Codex would go by itself. */
export interface CodexRoute {
  /** A base URL of the user's own, which is no codexcomp: turns go there as they would without us. */
  readonly upstream: string | undefined;
  /** Why its calls will go past us, one line each. */
  readonly detours: readonly string[];
}

/** Reads what decides where Codex goes: its arguments, config.toml and the profile. What is not valid, Codex says. */
export async function codexRoute(args: readonly string[], env: Environment): Promise<CodexRoute> {
  const { profile, overrides, oss } = choicesIn(args);
  const home = codexHomeOf(undefined, env);
  const path = configPathOf(home);
  const config = await tableIn(path);
  const name = profile ?? (typeof config["profile"] === "string" ? config["profile"] : undefined);
  const layers: Layer[] = [
    { where: "-c", table: overrides },
    ...(oss ? [{ where: "--oss", table: { [PROVIDER]: "oss" } }] : []),
    ...(name === undefined ? [] : await profileLayers(name, home, config)),
    { where: path, table: config },
  ];
  const provider = layers.find(({ table }) => table[PROVIDER] !== undefined);
  const detours: string[] = [];
  if (provider && usesOtherProvider(routeOf(provider.table))) {
    detours.push(
      `${provider.where} has ${PROVIDER} = ${shown(provider.table[PROVIDER])}: Codex goes past codexcomp, and nothing is folded`,
    );
  } else if (overrides[BASE_URL] !== undefined) {
    detours.push(
      `your own -c ${BASE_URL} wins: Codex goes to ${shown(overrides[BASE_URL])} past codexcomp, and nothing is folded`,
    );
  }
  const baseUrl = layers.slice(1).find(({ table }) => table[BASE_URL] !== undefined)?.table[BASE_URL];
  const isOther = typeof baseUrl === "string" && !(await isForCodexcomp(baseUrl));
  return { upstream: isOther ? baseUrl : undefined, detours };
}

/** Settings, and where they stand. The first layer that has a key has the say. */
interface Layer {
  readonly where: string;
  readonly table: TomlTable;
}

/** A profile is `NAME.config.toml`, and was a table before Codex 0.134. */
async function profileLayers(name: string, home: string, config: TomlTable): Promise<Layer[]> {
  const file = join(home, `${name}.config.toml`);
  const table = profileTable(config, name);
  return [
    { where: file, table: await tableIn(file) },
    ...(table ? [{ where: `[profiles.${name}]`, table }] : []),
  ];
}

async function tableIn(path: string): Promise<TomlTable> {
  try {
    return parseConfig((await readConfigFile(path)).text);
  } catch {
    return {};
  }
}

/** Whether a base URL was made for codexcomp: one runs there, or nobody does on this machine. */
export async function isForCodexcomp(baseUrl: string): Promise<boolean> {
  const address = localAddress(baseUrl);
  return address !== undefined && (await askHealth(address)).kind !== "other";
}
