import { appendFile, mkdir, rename, rm, stat } from "node:fs/promises";
import type { TurnReport } from "../../reports/turnReport.js";
import { journalEntry } from "./entry.js";
import { currentFile, fullFile, fullFiles } from "./files.js";

export interface JournalOptions {
  /** An absolute path; made where it is missing. */
  readonly folder: string;
  /** A file this large is set aside. Default 4 MiB: some 8,000 turns. */
  readonly maxBytes?: number;
  /** So many files set aside are kept. Default 5. */
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

/**
 * Opens the journal for appending. Several processes may: each entry is one append of one line, which operating systems
 * keep apart, and files are opened anew for every write, so that nobody goes on writing to one that was set aside.
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
      if (!failing)
        options.onError(`the journal cannot be written: ${(error as NodeJS.ErrnoException).code}`);
      failing = true;
    }
    waiting--;
  }

  return {
    write(turn) {
      if (waiting >= MOST_WAITING) return;
      waiting++;
      const line = `${JSON.stringify(journalEntry(turn))}\n`;
      last = last.then(() => writeLine(line));
    },
    close: () => last,
  };
}

async function append(line: string, options: JournalOptions): Promise<void> {
  const { folder, maxBytes = 4 * 1024 * 1024 } = options;
  const path = currentFile(folder);
  const found = await stat(path).catch(() => undefined);
  if (!found) await mkdir(folder, { recursive: true, mode: 0o700 });
  else if (found.size >= maxBytes) await setAside(path, options);
  await appendFile(path, line, { mode: 0o600 });
}

async function setAside(path: string, { folder, keepFiles = 5 }: JournalOptions): Promise<void> {
  try {
    await rename(path, fullFile(folder, new Date()));
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const surplus = (await fullFiles(folder)).slice(0, -keepFiles);
  await Promise.all(surplus.map((file) => rm(file, { force: true })));
}
