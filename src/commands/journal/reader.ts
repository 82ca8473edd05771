import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { asObject } from "../../protocol/event.js";
import type { JournalEntry } from "./entry.js";
import { currentFile, fullFiles } from "./files.js";

/**
 * Reads the journal, oldest file first. Lines that are torn, or written by a version with other words, are passed over.
 *
 * @param since milliseconds since 1970; turns before that are left out
 */
export async function* readJournal(folder: string, since: number): AsyncGenerator<JournalEntry> {
  for (const path of [...(await fullFiles(folder)), currentFile(folder)]) {
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtimeMs < since) continue;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const entry = readEntry(line);
      if (entry && Date.parse(entry.time) >= since) yield entry;
    }
  }
}

function readEntry(line: string): JournalEntry | undefined {
  try {
    const entry = asObject(JSON.parse(line));
    return entry && isEntry(entry) ? (entry as unknown as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
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
