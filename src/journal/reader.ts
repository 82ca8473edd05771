import type { FileHandle } from "node:fs/promises";
import { openFile } from "../files/regularFile.js";
import { asObject, parseJsonObject } from "../protocol/event.js";
import { ignoreMissing } from "../service/atomicFile.js";
import type { JournalEntry } from "./entry.js";
import { currentFile, fullFiles } from "./files.js";

/**
 * Reads the journal, oldest file first, while others write to it. Lines that are torn, or written by a version with
 * other words, are passed over.
 *
 * @param since milliseconds since 1970; turns before that are left out
 * @param onUnreadable called for each line that is passed over
 */
export async function* readJournal(
  folder: string,
  since: number,
  onUnreadable: () => void = () => {},
): AsyncGenerator<JournalEntry> {
  // Opened first and read last: set aside meanwhile, it is read all the same, and once.
  const current = await opened(currentFile(folder));
  const { ino: last } = (await current?.stat()) ?? {};
  try {
    for (const path of await fullFiles(folder)) {
      const file = await opened(path);
      try {
        if (file && (await file.stat()).ino !== last) yield* entries(file, since, onUnreadable);
      } finally {
        await file?.close();
      }
    }
    if (current) yield* entries(current, since, onUnreadable);
  } finally {
    await current?.close();
  }
}

function opened(path: string): Promise<FileHandle | undefined> {
  return openFile(path).catch(ignoreMissing);
}

async function* entries(
  file: FileHandle,
  since: number,
  onUnreadable: () => void,
): AsyncGenerator<JournalEntry> {
  if ((await file.stat()).mtimeMs < since) return;
  for await (const line of file.readLines({ autoClose: false })) {
    if (line === "") continue;
    const entry = readEntry(line);
    if (!entry) onUnreadable();
    else if (Date.parse(entry.time) >= since) yield entry;
  }
}

function readEntry(line: string): JournalEntry | undefined {
  const entry = parseJsonObject(line);
  return entry && isEntry(entry) ? (entry as unknown as JournalEntry) : undefined;
}

function isEntry({
  time,
  model,
  rounds,
  outcome,
  stopped,
  seconds,
  addedSeconds,
}: Record<string, unknown>): boolean {
  return (
    [time, model, outcome, stopped].every((value) => typeof value === "string") &&
    [seconds, addedSeconds].every((value) => typeof value === "number") &&
    Array.isArray(rounds) &&
    rounds.every((round) => typeof asObject(round)?.["verdict"] === "string")
  );
}
