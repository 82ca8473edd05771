import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { openFile } from "../files/regularFile.js";

const NEWLINE = 10;

/**
 * Appends one line to a file that several processes append to. It goes out in one write, which operating systems keep
 * apart. A disk that is full takes part of a write, and leaves a torn line: whoever comes next begins on a line of its
 * own, so that no second one is lost with it.
 *
 * @param line without its line break
 * @throws {NotAFile}, or the system's error, for example with code `ENOSPC`; then nothing, or a torn line, was written
 */
export async function appendLine(path: string, line: string): Promise<void> {
  const file = await openFile(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    // A short write does not say what stopped it; the next one does.
    if (!(await isWritten(file, line)) && !(await isWritten(file, line))) {
      throw Object.assign(new Error("short write"), { code: "ENOSPC" });
    }
  } finally {
    await file.close();
  }
}

async function isWritten(file: FileHandle, line: string): Promise<boolean> {
  const bytes = Buffer.from(`${(await endsInLine(file)) ? "\n" : ""}${line}\n`);
  const { bytesWritten } = await file.write(bytes);
  return bytesWritten === bytes.length;
}

/** Whether the file's last line has no end. What another process is just writing may look like it: a blank line then. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}
