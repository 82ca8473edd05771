import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A session log of Codex. */
export interface SessionFile {
  readonly path: string;
  /** Size on disk, in bytes. */
  readonly size: number;
  /** Whether it is zstd (`.jsonl.zst`): Codex packs logs it has not touched for a week (seen in 0.137 and later). */
  readonly packed: boolean;
}

/** Where Codex keeps logs; what is in the first folder goes before its copy in the second. */
const FOLDERS = ["sessions", "archived_sessions"];

/**
 * Finds the session logs, oldest first, each session once: a log can lie there packed and unpacked for a while, and in
 * both folders. Forks are so read after what they were forked from.
 *
 * @param since logs not written to since then (milliseconds since 1970) are left out
 * @throws Error where there is no folder of sessions at all
 */
export async function findSessionFiles(codexHome: string, since: number): Promise<SessionFile[]> {
  const listings = await Promise.all(FOLDERS.map((folder) => list(join(codexHome, folder))));
  if (listings.every((listing) => listing === undefined)) {
    throw new Error(`no session logs: ${codexHome} has no folder "sessions" (--codex-home names another)`);
  }
  const bySession = new Map<string, string>();
  // Unpacked goes before packed: it is the one Codex writes to.
  for (const suffix of [".jsonl", ".jsonl.zst"]) {
    for (const path of listings.flatMap((listing) => listing ?? [])) {
      const session = sessionName(path, suffix);
      if (session !== undefined && !bySession.has(session)) bySession.set(session, path);
    }
  }
  const files = await Promise.all(
    // Names begin with the date and time.
    [...bySession.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([, path]) => {
        const found = await stat(path).catch(() => undefined);
        const recent = found && found.isFile() && found.mtimeMs >= since;
        return recent ? [{ path, size: found.size, packed: path.endsWith(".zst") }] : [];
      }),
  );
  return files.flat();
}

async function list(folder: string): Promise<string[] | undefined> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

function sessionName(path: string, suffix: string): string | undefined {
  const name = path.split(/[/\\]/).at(-1) ?? "";
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
}
