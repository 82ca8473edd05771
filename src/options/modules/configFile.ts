import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { configRules } from "../rules.js";
import type { Config } from "../settings.js";
import { InvalidOption, validate } from "../validate.js";
import { UnusableModule, importModule } from "./importModule.js";

const NAMES = ["js", "mjs", "ts"].map((ending) => `codexcomp.config.${ending}`);

/** The config files of a folder: their names. */
export function configFilesIn(folder: string): string[] {
  return NAMES.filter((name) => existsSync(join(folder, name)));
}

/**
 * The config file of a folder. A config file is a program: only of a folder that is the user's own.
 *
 * @returns its absolute path, or `undefined` where there is none
 * @throws {UnusableModule} where there are several
 */
export function findConfigFile(folder: string): string | undefined {
  const found = configFilesIn(folder);
  if (found.length > 1) {
    throw new UnusableModule(
      `${found.join(" and ")} are both in ${folder}: keep one, or name one with --config`,
    );
  }
  return found[0] && resolve(folder, found[0]);
}

/**
 * Loads and checks a config file. Paths in it are relative to its folder.
 *
 * @param path absolute
 * @param reading {@link importModule}
 * @throws {UnusableModule}
 */
export async function loadConfigFile(path: string, reading = 0): Promise<Config> {
  const name = basename(path);
  const { default: config } = await importModule(path, name, reading);
  if (config === undefined) {
    throw new UnusableModule(
      `${name} has no default export: it needs "export default defineConfig({ ... })"`,
    );
  }
  try {
    validate(config, configRules);
  } catch (error) {
    throw error instanceof InvalidOption ? new UnusableModule(`${name}: ${error.message}`) : error;
  }
  return withAbsolutePaths(config as Config, dirname(path));
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const { caFile, record } = config;
  return {
    ...config,
    ...(caFile !== undefined && { caFile: resolve(folder, caFile) }),
    ...(record !== undefined && { record: resolve(folder, record) }),
  };
}
