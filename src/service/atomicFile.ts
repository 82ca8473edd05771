import { chmod, chown, lstat, mkdir, open, readlink, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { renameOver } from "./renameOver.js";

export interface WriteOptions {
  /** Permissions of a file that does not exist yet. An existing one keeps its own. Default: 0o644. */
  readonly mode?: number;
}

/**
 * Replaces a file's content in one step: whoever reads it sees the old content or the new one, also after a crash.
 * Permissions and owner stay; a symbolic link stays one, and the file that it points to is replaced.
 *
 * @param path its folder is made where it is missing
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const target = await linkTarget(path);
  await mkdir(dirname(target), { recursive: true });
  const existing = await stat(target).catch(ignoreMissing);
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`);
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // Matters where the file is shared with a group, or where root edits somebody else's. Else nobody may, or needs to.
    if (existing) await chown(draft, existing.uid, existing.gid).catch(() => undefined);
    // Only now: a umask would have cut it at open, and chown drops bits of it.
    await chmod(draft, existing ? existing.mode & 0o7777 : (options.mode ?? 0o644));
    await renameOver(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The file behind a symbolic link, also where it does not exist yet. */
export async function linkTarget(path: string): Promise<string> {
  const real = await realpath(path).catch(ignoreMissing);
  if (real !== undefined) return real;
  const isLink = (await lstat(path).catch(ignoreMissing))?.isSymbolicLink();
  return isLink ? linkTarget(resolve(dirname(path), await readlink(path))) : path;
}

/** Those of the files that exist; a link counts as itself. */
export async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => lstat(path).catch(ignoreMissing)));
  return paths.filter((_path, index) => found[index] !== undefined);
}

/** For `catch`: a file that is not there is an answer, anything else an error. */
export function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}
