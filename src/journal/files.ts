import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The file that is written to, in the folder of `service/places.ts`. */
export function currentFile(folder: string): string {
  return join(folder, "journal.jsonl");
}

let named = 0;

/**
 * The name a full file gets. No two are the same, so several processes that find the file full at once, or one that
 * does so twice in a millisecond, cannot overwrite each other's.
 */
export function fullFile(folder: string, now: Date): string {
  const time = now.toISOString().replace(/[-:.]/g, "");
  const serial = String(named++).padStart(6, "0");
  return join(folder, `journal-${time}-${serial}-${randomBytes(4).toString("hex")}.jsonl`);
}

/** The full files, oldest first. @returns nothing where there is no folder */
export async function fullFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^journal-.*\.jsonl$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
