import { realpath, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readWholeFile } from "../../files/regularFile.js";
import { ignoreMissing, writeAtomically } from "../../service/atomicFile.js";
import { stateFolder } from "../../service/places.js";
import type { Environment } from "../command.js";
import type { Wired } from "../../codex/config/edit.js";

/** What `wire` did to one config.toml: enough for `unwire` to take it back. */
export interface Wiring {
  /** When Codex was first pointed at the proxy, ISO 8601. */
  readonly wiredAt: string;
  /** The `openai_base_url` that was written. */
  readonly url: string;
  readonly wired: readonly Wired[];
  /** The copies made before each change, oldest first; absolute paths. */
  readonly backups: readonly string[];
  /** What did not exist before: the file, and perhaps its folder. */
  readonly created: readonly ("file" | "folder")[];
}

/**
 * `wired.json`: one entry for each config.toml, and at the top when the first of them was wired. Old values are kept in
 * it, and may hold credentials: only its owner may read it, and nothing prints it.
 */
interface Memory {
  readonly wiredAt?: string;
  readonly configs: Readonly<Record<string, Wiring>>;
}

/**
 * A config.toml's one name: its folder may be reached by links and, on Windows and macOS, in upper and lower case.
 *
 * @returns the path as it is where there is no such folder (yet, or any more)
 */
export async function placeOf(configPath: string): Promise<string> {
  const folder = await realpath(dirname(configPath)).catch(ignoreMissing);
  return folder === undefined ? configPath : join(folder, basename(configPath));
}

/** What `wire` remembers of a config.toml; `undefined` where it did not wire it. */
export async function recall(configPath: string, env: Environment): Promise<Wiring | undefined> {
  return (await readMemory(env)).configs[await placeOf(configPath)];
}

/** Keeps, or with `undefined` forgets, what was done to a config.toml. */
export async function remember(
  configPath: string,
  wiring: Wiring | undefined,
  env: Environment,
): Promise<void> {
  const place = await placeOf(configPath);
  const { [place]: _replaced, ...others } = (await readMemory(env)).configs;
  const configs = wiring ? { ...others, [place]: wiring } : others;
  const [wiredAt] = Object.values(configs)
    .map((each) => each.wiredAt)
    .sort();

  const path = memoryPath(env);
  if (wiredAt !== undefined) {
    await writeAtomically(path, `${JSON.stringify({ wiredAt, configs }, undefined, 2)}\n`, { mode: 0o600 });
    return;
  }
  await rm(path, { force: true });
  // The folder may hold the journal.
  await rmdir(dirname(path)).catch(() => undefined);
}

function memoryPath(env: Environment): string {
  return join(stateFolder(env), "wired.json");
}

async function readMemory(env: Environment): Promise<Memory> {
  const path = memoryPath(env);
  const text = (await readWholeFile(path).catch(ignoreMissing))?.toString();
  if (text === undefined) return { configs: {} };
  try {
    const memory = JSON.parse(text) as Partial<Memory>;
    return { ...memory, configs: memory.configs ?? {} };
  } catch {
    throw new Error(`${path} is damaged; delete it and try again`);
  }
}
