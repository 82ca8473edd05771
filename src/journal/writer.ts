import { mkdir, rm, stat } from "node:fs/promises";
import type { TurnReport } from "../reports/turnReport.js";
import { renameOver } from "../service/renameOver.js";
import { appendLine } from "./appendLine.js";
import { journalEntry } from "./entry.js";
import { currentFile, fullFile, fullFiles } from "./files.js";

export interface JournalOptions {
  /** An absolute path; made where it is missing. */
  readonly folder: string;
  /** A file this large is set aside. Default 4 MiB: some 8,000 turns. */
  readonly maxBytes?: number;
  /** So many full files set aside are kept. Default 5. */
  readonly keepFiles?: number;
  /** Told of the first write that fails, and not again until one has succeeded. */
  readonly onError: (reason: string) => void;
}

/** Keeps reports of turns. */
export interface Journal {
  /** Never throws, never waits: what cannot be written is lost. */
  write(turn: TurnReport): void;
  /** Resolves when everything is on disk, or lost. */
  close(): Promise<void>;
}

/** Past this many waiting entries the disk does not keep up; later ones are lost. */
const MOST_WAITING = 1000;

const MAX_BYTES = 4 * 1024 * 1024;
const KEEP_FILES = 5;

/**
 * Opens the journal for appending. Several processes may: each entry is one {@link appendLine}, and files are opened
 * anew for every write, so that nobody goes on writing to one that was set aside long ago.
 */
export function openJournal(options: JournalOptions): Journal {
  let last = Promise.resolve();
  let waiting = 0;
  let failing = false;

  async function writeLine(line: string): Promise<void> {
    try {
      await append(line, options);
      failing = false;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!failing) options.onError(`the journal cannot be written: ${code ?? message}`);
      failing = true;
    }
    waiting--;
  }

  return {
    write(turn) {
      if (waiting >= MOST_WAITING) return;
      waiting++;
      const line = JSON.stringify(journalEntry(turn));
      last = last.then(() => writeLine(line));
    },
    close: () => last,
  };
}

async function append(line: string, options: JournalOptions): Promise<void> {
  const { folder, maxBytes = MAX_BYTES } = options;
  const path = currentFile(folder);
  const found = await stat(path).catch(() => undefined);
  if (!found) await mkdir(folder, { recursive: true, mode: 0o700 });
  else if (found.size >= maxBytes) await setAside(path, options);
  await appendLine(path, line);
}

async function setAside(path: string, options: JournalOptions): Promise<void> {
  const { folder, maxBytes = MAX_BYTES, keepFiles = KEEP_FILES } = options;
  try {
    await renameOver(path, fullFile(folder, new Date()));
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await removeOldest(folder, keepFiles * maxBytes);
}

/**
 * Removes the oldest full files. By their sizes and not by their number: where several processes find the file full at
 * once, the slower ones set aside the new one that the first has begun.
 *
 * @param bytes what newer files have to hold before one is removed
 */
async function removeOldest(folder: string, bytes: number): Promise<void> {
  let newer = 0;
  for (const path of (await fullFiles(folder)).reverse()) {
    if (newer >= bytes) await rm(path, { force: true });
    else newer += (await stat(path).catch(() => undefined))?.size ?? 0;
  }
}
