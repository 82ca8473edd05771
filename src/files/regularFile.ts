import { closeSync, constants, fstatSync, openSync, statSync, type Stats } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";

/**
 * Something else than a file stands where a file was asked for. To open a named pipe waits until somebody writes to it,
 * and then not even a signal ends the process.
 */
export class NotAFile extends Error {
  override readonly name = "NotAFile";
}

/**
 * Opens a file, and nothing else.
 *
 * @param flags of `open(2)`; default: to read
 * @throws {NotAFile} for a named pipe, a device, a socket or a folder
 * @throws the system's error, for example with code `ENOENT`
 */
export async function openFile(
  path: string,
  flags: number = constants.O_RDONLY,
  mode?: number,
): Promise<FileHandle> {
  const before = await stat(path).catch(() => undefined);
  if (before) refuse(path, before);
  // It may have been replaced since; then opening it must not wait all the same.
  const file = await open(path, flags | (constants.O_NONBLOCK ?? 0), mode);
  try {
    refuse(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** {@link openFile}, at once. @returns a descriptor */
export function openFileSync(path: string, flags: number, mode?: number): number {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before) refuse(path, before);
  const file = openSync(path, flags | (constants.O_NONBLOCK ?? 0), mode);
  try {
    refuse(path, fstatSync(file));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Reads a whole file. @throws as {@link openFile} does */
export async function readWholeFile(path: string): Promise<Buffer> {
  const file = await openFile(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** What stands at a path that is no file, in words; `undefined` for a file, and where nothing is. */
export function otherThanFile(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && kindOf(found);
}

function refuse(path: string, found: Stats): void {
  const kind = kindOf(found);
  if (kind) throw new NotAFile(`${path} is ${kind}, not a file`);
}

function kindOf(found: Stats): string | undefined {
  if (found.isFile()) return undefined;
  if (found.isFIFO()) return "a named pipe";
  if (found.isDirectory()) return "a folder";
  if (found.isSocket()) return "a socket";
  return "a device";
}
