import { relative, resolve } from "node:path";
import { findConfigFile, loadConfigFile } from "../../options/modules/configFile.js";
import { UnusableModule } from "../../options/modules/importModule.js";
import { joined, loadOperators } from "../../options/modules/operatorModule.js";
import { asUsageError, type Invocation } from "../command.js";
import { runSettings, type RunFlags, type RunSettings } from "./options.js";

/** What users have written of their own: the config file and the modules of `--use`. */
export interface UserModules {
  /** The files' names, as the user would write them; empty where there are none. */
  readonly names: readonly string[];
  /**
   * Reads them, anew each time, and joins them with the command line.
   *
   * @throws UsageError for what cannot be used
   */
  read(): Promise<RunSettings>;
}

/**
 * @param cwd where a config file is looked for, and where paths of the command line start
 * @throws UsageError where there are several config files
 */
export function userModules(
  given: Pick<Invocation<RunFlags>, "flags" | "sources">,
  cwd: string,
): UserModules {
  const { config, use } = given.flags;
  const file = config === undefined ? findIn(cwd) : resolve(cwd, config);
  let readings = 0;
  const load = async (): Promise<RunSettings> => {
    // Counted first: one that failed is never read anew under its number.
    const reading = readings++;
    const settings = runSettings(given, file === undefined ? {} : await loadConfigFile(file, reading));
    const used = await loadOperators(use, cwd, reading);
    return { ...settings, operators: joined([settings.operators, used]) };
  };
  return {
    names: [...(file === undefined ? [] : [config ?? relative(cwd, file)]), ...use],
    read: () =>
      load().catch((error: unknown) => {
        throw asUsageError(error, UnusableModule);
      }),
  };
}

function findIn(cwd: string): string | undefined {
  try {
    return findConfigFile(cwd);
  } catch (error) {
    throw asUsageError(error, UnusableModule);
  }
}
