import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { openFile } from "../../files/regularFile.js";
import { ignoreMissing } from "../../service/atomicFile.js";
import type { Invocation, Output } from "../command.js";
import type { LogsFlags } from "./logs.js";

/** How often a followed file is looked at, in milliseconds. Watching for changes is not reliable on every file system. */
const LOOK_EVERY = 300;
const BLOCK = 64 * 1024;
const NEWLINE = 10;

/**
 * Shows the end of a log file, and with `--follow` what is added to it; a file that was cut or replaced is begun anew.
 *
 * @throws Error where there is no such file, unless it is followed: then it is waited for
 */
export async function showFile(
  path: string,
  { flags, signal, stderr, stdout }: Pick<Invocation<LogsFlags>, "flags" | "signal" | "stderr" | "stdout">,
): Promise<number> {
  let file = await opened(path);
  if (!file && !flags.follow)
    throw new Error(`no log at ${path}: neither a service nor codexcomp exec has written one`);
  if (!file) stderr.write(`waiting for ${path}\n`);
  let at = file ? await lastLines(file, flags.lines) : 0;
  for (;;) {
    if (file) at = await copyFrom(file, at, stdout);
    if (!flags.follow || !(await waited(signal))) break;
    const now = await opened(path);
    if (!now) continue;
    if (file && (await identity(file)).inode === (await identity(now)).inode) {
      await now.close();
      if ((await identity(file)).size < at) at = 0;
    } else {
      // What was written to the file that was set aside until then.
      if (file) await copyFrom(file, at, stdout);
      await file?.close();
      [file, at] = [now, 0];
    }
  }
  await file?.close();
  return 0;
}

function opened(path: string): Promise<FileHandle | undefined> {
  return openFile(path).catch(ignoreMissing);
}

async function identity(file: FileHandle): Promise<{ inode: number; size: number }> {
  const { ino: inode, size } = await file.stat();
  return { inode, size };
}

/** Where the last so many lines begin, in bytes. */
async function lastLines(file: FileHandle, lines: number): Promise<number> {
  const { size } = await identity(file);
  if (lines === 0) return size;
  const block = Buffer.alloc(BLOCK);
  let left = lines;
  for (let end = size; end > 0; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    for (let index = bytesRead - 1; index >= 0; index--) {
      // The end of the file's last line begins no other.
      if (block[index] !== NEWLINE || start + index === size - 1) continue;
      if (--left <= 0) return start + index + 1;
    }
  }
  return 0;
}

/** @returns the place behind what was copied */
async function copyFrom(file: FileHandle, start: number, output: Output): Promise<number> {
  const block = Buffer.alloc(BLOCK);
  for (let at = start; ;) {
    const { bytesRead } = await file.read(block, 0, BLOCK, at);
    if (bytesRead === 0) return at;
    if (!output.write(Uint8Array.from(block.subarray(0, bytesRead)))) await once(output, "drain");
    at += bytesRead;
  }
}

async function waited(signal: AbortSignal): Promise<boolean> {
  try {
    await wait(LOOK_EVERY, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
