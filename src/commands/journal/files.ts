import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The file that is written to, in the folder of `service/places.ts`. */
export function currentFile(folder: string): string {
  return join(folder, "journal.jsonl");
}

/**
 * The name a full file gets. No two are the same, so several processes that find the file full at once cannot
 * overwrite each other's.
 */
export function fullFile(folder: string, now: Date): string {
  const time = now.toISOString().replace(/[-:.]/g, "");
  return join(folder, `journal-${time}-${process.pid}.jsonl`);
}

/** The full files, oldest first. @returns nothing where there is no folder */
export async function fullFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^journal-.*\.jsonl$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
