import type { Environment } from "../command.js";
import { baseUrlOf, withoutCredentials } from "./health.js";
import { codexHomeOf, configPathOf } from "./codexHome.js";
import { BASE_URL } from "../../codex/config/config.js";
import {
  dropBackups,
  namingFile,
  readConfigFile,
  removeMade,
  rewriteConfigFile,
} from "../../codex/config/configFile.js";
import { pointBack } from "../../codex/config/edit.js";
import { placeOf, recall, remember } from "./memory.js";
import { unifiedDiff } from "./unifiedDiff.js";

export interface UnwireOptions {
  readonly codexHome: string | undefined;
  /** Where nothing is remembered, a line is taken back if it is the one that wire would write for this port. */
  readonly port: number;
  readonly dryRun: boolean;
  readonly env: Environment;
}

export interface UnwireReport {
  readonly config: string;
  readonly changed: boolean;
  /** The file is again what it was before `wire`, byte for byte. */
  readonly exact: boolean;
  /** Keys that somebody has changed since, left as they are. */
  readonly changedSince: readonly string[];
  /** Copies that are not what the file is now. */
  readonly backups: readonly string[];
  /** Fit to be shown: without credentials. */
  readonly diff: string;
}

/** Takes back what `wire` did to a config.toml. Nothing to take back is no error. */
export async function unwireConfig(options: UnwireOptions): Promise<UnwireReport> {
  const path = configPathOf(codexHomeOf(options.codexHome, options.env));
  return namingFile(path, () => restore(path, options));
}

async function restore(path: string, { env, port, dryRun }: UnwireOptions): Promise<UnwireReport> {
  const before = await readConfigFile(path);
  // The folder may be gone in the end.
  const place = await placeOf(path);
  const memory = await recall(place, env);
  const wired = memory?.wired ?? [{ key: BASE_URL, value: baseUrlOf(port), replaced: null }];
  const { text, changedSince } = pointBack(before.text, wired);
  const report: UnwireReport = {
    config: path,
    changed: text !== before.text,
    exact: false,
    changedSince: memory ? changedSince : [],
    backups: memory?.backups ?? [],
    diff: withoutCredentials(unifiedDiff(path, before.text, text)),
  };
  if (dryRun) return report;

  const isGone = text === "" && memory?.created.includes("file") === true;
  if (isGone) await removeMade(path, memory.created.includes("folder"));
  else if (report.changed) await rewriteConfigFile(before, text);
  const backups = await dropBackups(report.backups, Buffer.from(text));
  if (memory) await remember(place, undefined, env);
  return { ...report, exact: isGone || backups.length < report.backups.length, backups };
}
