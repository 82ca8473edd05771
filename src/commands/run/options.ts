import type { Config } from "../../options/settings.js";
import type { FlagValues, Invocation } from "../command.js";
import type { runFlags } from "./runFlags.js";

export type RunFlags = FlagValues<typeof runFlags>;

type Given = Pick<Invocation<RunFlags>, "flags" | "sources">;

/** What is set, and by whom: all that a config file may hold, and the flags' values where nobody set anything. */
export type RunSettings = Config & Pick<RunFlags, "autoPort" | "noJournal" | "logLevel" | "logFormat">;

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
