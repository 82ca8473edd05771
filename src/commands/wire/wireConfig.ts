import { rm, stat } from "node:fs/promises";
import type { Environment } from "../command.js";
import { baseUrlOf, shown, withoutCredentials } from "./health.js";
import { codexHomeOf, configPathOf } from "./codexHome.js";
import {
  BASE_URL,
  lineAt,
  parseConfig,
  PROVIDER,
  routeOf,
  usesOtherProvider,
} from "../../codex/config/config.js";
import {
  backUp,
  isBackedUp,
  makeFolder,
  namingFile,
  readConfigFile,
  rewriteConfigFile,
} from "../../codex/config/configFile.js";
import { findKey, pointAt, pointBack, type Wired } from "../../codex/config/edit.js";
import { recall, remember, type Wiring } from "./memory.js";
import { strayProfiles } from "../../codex/config/profileFiles.js";
import { unifiedDiff } from "./unifiedDiff.js";

export interface WireOptions {
  readonly codexHome: string | undefined;
  readonly port: number;
  /** Replace what leads elsewhere. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly env: Environment;
}

export interface WireReport {
  readonly config: string;
  readonly url: string;
  readonly changed: boolean;
  /** Profiles that lead past the proxy. */
  readonly profiles: readonly string[];
  readonly backup?: string;
  /** Fit to be shown: without credentials. */
  readonly diff: string;
}

/**
 * Points a config.toml at the proxy.
 *
 * @throws Error where the file leads elsewhere and `force` is not given, where it is invalid, or cannot be written
 */
export async function wireConfig(options: WireOptions): Promise<WireReport> {
  const codexHome = codexHomeOf(options.codexHome, options.env);
  const madeFolder = await needsFolder(codexHome, options);
  const path = configPathOf(codexHome);
  return namingFile(path, () => rewire({ ...options, codexHome, path, madeFolder }));
}

async function rewire(
  options: WireOptions & { readonly codexHome: string; readonly path: string; readonly madeFolder: boolean },
): Promise<WireReport> {
  const { env, codexHome, path, madeFolder } = options;
  const before = await readConfigFile(path);
  const url = baseUrlOf(options.port);
  const memory = await recall(path, env);
  if (!options.force) refuseOthers(before.text, path, [url, memory?.url]);
  const edited = pointAt(before.text, url);
  const report: WireReport = {
    config: path,
    url,
    changed: edited.wired.length > 0,
    profiles: await strayProfiles(codexHome, before, url),
    diff: withoutCredentials(unifiedDiff(path, before.text, edited.text)),
  };
  if (options.dryRun || !report.changed) return report;

  if (madeFolder) await makeFolder(codexHome);
  const now = new Date();
  const backup = (await isKnown(before.text, memory)) ? undefined : await backUp(before, now);
  const existed = before.bytes !== undefined;
  const change = { ...edited, url, now, backup, existed, madeFolder };
  try {
    // Remembered before it is done: a memory of nothing is harmless, a change that nobody remembers is not.
    await remember(path, merged(memory, before.text, change), env);
    await rewriteConfigFile(before, edited.text);
  } catch (error) {
    if (backup !== undefined) await rm(backup, { force: true });
    await remember(path, memory, env).catch(() => undefined);
    throw error;
  }
  return { ...report, ...(backup === undefined ? {} : { backup }) };
}

/** Whether the file without wire's own lines is in a copy already: only the port changes, nothing can get lost. */
async function isKnown(text: string, memory: Wiring | undefined): Promise<boolean> {
  if (!memory) return false;
  const original = pointBack(text, memory.wired).text;
  return (original === "" && memory.created.includes("file")) || isBackedUp(original, memory.backups);
}

/** Whether Codex' folder has to be made. Only the usual one is: another is more likely a typing error. */
async function needsFolder(codexHome: string, { codexHome: flag, env }: WireOptions): Promise<boolean> {
  const exists = await stat(codexHome).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!exists && (flag !== undefined || env["CODEX_HOME"])) throw new Error(`${codexHome} is no folder`);
  return !exists;
}

function refuseOthers(text: string, path: string, ours: readonly (string | undefined)[]): void {
  const route = routeOf(parseConfig(text));
  const others: (readonly [key: string, value: unknown])[] = [];
  if (route.baseUrl !== undefined && !ours.includes(route.baseUrl as string)) {
    others.push([BASE_URL, route.baseUrl]);
  }
  if (usesOtherProvider(route)) others.push([PROVIDER, route.provider]);
  if (others.length === 0) return;

  const found = others.map(([key, value]) => {
    const line = lineAt(text, findKey(text, key)?.value.start ?? 0);
    return `line ${line} of ${path} has ${key} = ${shown(value)}`;
  });
  throw new Error(
    `${found.join(", and ")}; "codexcomp wire --force" replaces that and "codexcomp unwire" brings it back`,
  );
}

interface Change {
  readonly wired: readonly Wired[];
  readonly url: string;
  readonly now: Date;
  readonly backup: string | undefined;
  readonly existed: boolean;
  readonly madeFolder: boolean;
}

/** What to remember after another change: of each key, what stood there before the first one. */
function merged(memory: Wiring | undefined, before: string, change: Change): Wiring {
  const config = parseConfig(before);
  const standing = (memory?.wired ?? []).filter(({ key, value }) => config[key] === value);
  const kept = standing.filter(({ key }) => !change.wired.some((fresh) => fresh.key === key));
  const fresh = change.wired.map((entry) => ({
    ...entry,
    replaced: (standing.find(({ key }) => key === entry.key) ?? entry).replaced,
  }));
  const wasWired = standing.some(({ key }) => key === BASE_URL);
  return {
    wiredAt: memory && wasWired ? memory.wiredAt : change.now.toISOString(),
    url: change.url,
    wired: [...kept, ...fresh],
    backups: [...(memory?.backups ?? []), ...(change.backup === undefined ? [] : [change.backup])],
    created: [
      ...(!change.existed || memory?.created.includes("file") ? (["file"] as const) : []),
      ...(change.madeFolder || memory?.created.includes("folder") ? (["folder"] as const) : []),
    ],
  };
}
