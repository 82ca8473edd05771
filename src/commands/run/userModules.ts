import { join, resolve } from "node:path";
import { configFilesIn, findConfigFile, loadConfigFile } from "../../options/modules/configFile.js";
import { UnusableModule } from "../../options/modules/importModule.js";
import { joined, loadOperators } from "../../options/modules/operatorModule.js";
import type { Config } from "../../options/settings.js";
import { configFolder } from "../../service/places.js";
import { asUsageError, type FlagValues, type Invocation } from "../command.js";
import type { runFlags } from "./runFlags.js";

/** What users have written of their own: the config file and the modules of `--use`. */
export interface UserModules {
  /** The files' names, as the user would write them; empty where there are none. */
  readonly names: readonly string[];
  /** Config files in the working directory, which are not read: a cloned repository must not be able to run code. */
  readonly ignored: readonly string[];
  /**
   * Reads them, anew each time, and joins them with the command line.
   *
   * @throws UsageError for what cannot be used
   */
  read(): Promise<RunSettings>;
}

/**
 * @param cwd where paths of the command line start
 * @throws UsageError where there are several config files
 */
export function userModules(
  given: Pick<Invocation<RunFlags>, "flags" | "sources" | "env">,
  cwd: string,
): UserModules {
  const { config, use } = given.flags;
  const file = config === undefined ? findIn(configFolder(given.env)) : resolve(cwd, config);
  let readings = 0;
  const load = async (): Promise<RunSettings> => {
    // Counted first: one that failed is never read anew under its number.
    const reading = readings++;
    const settings = runSettings(given, file === undefined ? {} : await loadConfigFile(file, reading));
    const used = await loadOperators(use, cwd, reading);
    return { ...settings, operators: joined([settings.operators, used]) };
  };
  return {
    names: [...(file === undefined ? [] : [config ?? file]), ...use],
    ignored: configFilesIn(cwd).filter((name) => join(cwd, name) !== file),
    read: () =>
      load().catch((error: unknown) => {
        throw asUsageError(error, UnusableModule);
      }),
  };
}

function findIn(folder: string): string | undefined {
  try {
    return findConfigFile(folder);
  } catch (error) {
    throw asUsageError(error, UnusableModule);
  }
}

export type RunFlags = FlagValues<typeof runFlags>;

type Given = Pick<Invocation<RunFlags>, "flags" | "sources">;

/** What is set, and by whom: all that a config file may hold, and the flags' values where nobody set anything. */
export type RunSettings = Config &
  Pick<RunFlags, "autoPort" | "noJournal" | "noPage" | "page" | "logLevel" | "logFormat">;

/**
 * Joins the command line with a config file: flags and variables that were given win over the file, the file over
 * the flags' defaults.
 */
export function runSettings({ flags, sources }: Given, file: Config = {}): RunSettings {
  const ofFlags = toSettings(flags);
  const given = Object.entries(ofFlags).filter(([name]) => sources[flagOf(name)] !== "default");
  const ofFile = Object.entries(file).filter(([, value]) => value !== undefined);
  return { ...ofFlags, ...Object.fromEntries([...ofFile, ...given]) };
}

/** The settings as the command line has them. */
function toSettings(flags: RunFlags): RunSettings {
  const { config: _config, use: _use, markerText, models, liveModels, ...same } = flags;
  return { ...same, nudge: markerText, models: list(models), liveModels: list(liveModels) };
}

function flagOf(setting: string): keyof RunFlags {
  return setting === "nudge" ? "markerText" : (setting as keyof RunFlags);
}

function list(globs: string): string[] {
  return globs
    .split(",")
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "");
}
