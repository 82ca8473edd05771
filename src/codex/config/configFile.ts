import { copyFile, constants, mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readWholeFile } from "../../files/regularFile.js";
import { ignoreMissing, linkTarget, writeAtomically } from "../../service/atomicFile.js";
import { decodeConfig, InvalidConfig } from "./config.js";

/** A config.toml as it was read. */
export interface ConfigFile {
  readonly path: string;
  /** `undefined` where there is no such file. */
  readonly bytes: Buffer | undefined;
  /** Its text, a byte order mark included; empty where there is no such file. */
  readonly text: string;
}

/** Runs work on a config; of one that is not valid, the error says which file and which line. */
export async function namingFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    throw new Error(`line ${error.line} of ${path} is not valid TOML (${error.message})`, { cause: error });
  }
}

/** @throws InvalidConfig where it is not UTF-8 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const bytes = await readWholeFile(path).catch(ignoreMissing);
  return { path, bytes, text: bytes ? decodeConfig(bytes) : "" };
}

/**
 * Writes a new text over a config that was read before.
 *
 * @throws Error where the file has been changed since: Codex writes to it as well
 */
export async function rewriteConfigFile(before: ConfigFile, text: string): Promise<void> {
  const now = await readWholeFile(before.path).catch(ignoreMissing);
  if (!sameBytes(now, before.bytes)) throw new Error(`${before.path} has just been changed; run this again`);
  // It may hold tokens, so a new one is for its owner only.
  await writeAtomically(before.path, text, { mode: 0o600 });
}

/**
 * Copies a config to a name with the time in it, with the permissions it has.
 *
 * @returns the copy's path; `undefined` where there is nothing to copy
 */
export async function backUp(file: ConfigFile, now: Date): Promise<string | undefined> {
  if (!file.bytes) return undefined;
  // Codex takes any NAME.config.toml for a profile, so the name must not end like that. No colons, for Windows.
  const stamp = `${file.path}.codexcomp-${now.toISOString().replace(/[:.]/g, "-")}`;
  for (let attempt = 0; ; attempt++) {
    const backup = `${stamp}${attempt === 0 ? "" : `-${attempt}`}.bak`;
    try {
      await copyFile(file.path, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Whether one of the copies holds exactly `text`. */
export async function isBackedUp(text: string, backups: readonly string[]): Promise<boolean> {
  for (const backup of backups) {
    if (sameBytes(await readFile(backup).catch(ignoreMissing), Buffer.from(text))) return true;
  }
  return false;
}

/** Removes the copies that hold exactly `bytes`. @returns those that were kept */
export async function dropBackups(backups: readonly string[], bytes: Buffer | undefined): Promise<string[]> {
  const kept: string[] = [];
  for (const backup of backups) {
    const copy = await readFile(backup).catch(ignoreMissing);
    if (copy && sameBytes(copy, bytes)) await rm(backup);
    else if (copy) kept.push(backup);
  }
  return kept;
}

/** Makes the folder of Codex. @returns whether it was missing */
export async function makeFolder(folder: string): Promise<boolean> {
  return (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
}

/** Removes a config.toml that wire has made, and its folder if wire made that and nothing else is in it. */
export async function removeMade(path: string, withFolder: boolean): Promise<void> {
  await rm(await linkTarget(path), { force: true });
  if (withFolder) await rmdir(dirname(path)).catch(() => undefined);
}

function sameBytes(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
