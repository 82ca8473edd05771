import { spawnSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../src/journal/entry.js";
import { currentFile, fullFile, fullFiles } from "../../src/journal/files.js";
import { readJournal } from "../../src/journal/reader.js";
import { openJournal } from "../../src/journal/writer.js";
import { turnReport } from "./reports.js";

let folder = "";
beforeEach(async () => void (folder = join(await mkdtemp(join(tmpdir(), "codexcomp-journal-")), "state")));
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

const noError = (reason: string) => expect.unreachable(reason);

let unreadable = 0;
beforeEach(() => void (unreadable = 0));

async function read(since = -Infinity): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of readJournal(folder, since, () => unreadable++)) entries.push(entry);
  return entries;
}

const ids = async (since?: number) => (await read(since)).map(({ id }) => id);

describe("the journal", () => {
  it("gives back what was written, in order", async () => {
    const journal = openJournal({ folder, onError: noError });
    for (const id of ["a", "b", "c"]) journal.write(turnReport([516, 3], { id }));
    await journal.close();
    expect(await ids()).toEqual(["a", "b", "c"]);
  });

  it("goes on where an earlier run stopped", async () => {
    for (const id of ["a", "b"]) {
      const journal = openJournal({ folder, onError: noError });
      journal.write(turnReport([1], { id }));
      await journal.close();
    }
    expect(await ids()).toEqual(["a", "b"]);
  });

  it.skipIf(process.platform === "win32")("is its owner's to read only", async () => {
    const journal = openJournal({ folder, onError: noError });
    journal.write(turnReport([1]));
    await journal.close();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "journal.jsonl"))).mode & 0o777).toBe(0o600);
  });

  it("sets a full file aside, keeps some, and never grows past them", async () => {
    const journal = openJournal({ folder, maxBytes: 1000, keepFiles: 2, onError: noError });
    for (let turn = 0; turn < 40; turn++) journal.write(turnReport([516, 3], { id: `${turn}` }));
    await journal.close();
    const files = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
    expect(files).toHaveLength(3);
    const kept = await ids();
    // The latest ones, without a gap.
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => `${40 - kept.length + index}`));
    expect(kept.length).toBeGreaterThan(3);
  });

  it("keeps as much as ever where others have set nearly empty files aside", async () => {
    const journal = openJournal({ folder, maxBytes: 1000, keepFiles: 2, onError: noError });
    for (const id of ["a", "b", "c"]) {
      journal.write(turnReport([1], { id }));
      await journal.close();
      await rename(currentFile(folder), fullFile(folder, new Date()));
    }
    for (const id of ["d", "e", "f", "g", "h"]) journal.write(turnReport([1], { id }));
    await journal.close();
    expect(await fullFiles(folder)).toHaveLength(4);
    expect(await ids()).toEqual(["a", "b", "c", "d", "e", "f", "g", "h"]);
  });

  it("loses nothing when several write and set aside at the same time", async () => {
    const journals = Array.from({ length: 5 }, () =>
      openJournal({ folder, maxBytes: 2000, keepFiles: 1000, onError: noError }),
    );
    for (let turn = 0; turn < 100; turn++) journals[turn % 5]?.write(turnReport([1], { id: `${turn}` }));
    await Promise.all(journals.map((journal) => journal.close()));
    expect((await ids()).map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it("never throws: it says once that it cannot write", async () => {
    await writeFile(folder, "a file where the folder should be");
    const errors: string[] = [];
    const journal = openJournal({ folder, onError: (reason) => errors.push(reason) });
    for (let turn = 0; turn < 3; turn++) journal.write(turnReport([1]));
    await journal.close();
    expect(errors).toEqual([expect.stringMatching(/^the journal cannot be written: E[A-Z]+$/)]);
  });

  it("leaves out turns from before", async () => {
    const journal = openJournal({ folder, onError: noError });
    journal.write(turnReport([1], { id: "old", time: "2025-12-31T23:59:59Z" }));
    journal.write(turnReport([1], { id: "new", time: "2026-01-01T00:00:00Z" }));
    await journal.close();
    expect(await ids(Date.UTC(2026, 0, 1))).toEqual(["new"]);
  });

  it("is read past lines that are torn, or from another version", async () => {
    const journal = openJournal({ folder, onError: noError });
    journal.write(turnReport([1], { id: "a" }));
    await journal.close();
    await appendFile(join(folder, "journal.jsonl"), '{"time":"2026-01-\n{"v":9}\nnull\n\n');
    journal.write(turnReport([1], { id: "b" }));
    await journal.close();
    expect(await ids()).toEqual(["a", "b"]);
    expect(unreadable).toBe(3);
  });

  it("begins on a line of its own where somebody's line was torn", async () => {
    const journal = openJournal({ folder, onError: noError });
    journal.write(turnReport([1], { id: "a" }));
    await journal.close();
    await appendFile(join(folder, "journal.jsonl"), '{"time":"2026-01-');
    journal.write(turnReport([1], { id: "b" }));
    await journal.close();
    expect(await ids()).toEqual(["a", "b"]);
    expect(unreadable).toBe(1);
  });

  it("is read to its end although it is set aside meanwhile", async () => {
    const journal = openJournal({ folder, maxBytes: 1000, onError: noError });
    for (const id of ["a", "b", "c"]) journal.write(turnReport([1], { id }));
    await journal.close();
    const reading = readJournal(folder, -Infinity);
    const seen = [(await reading.next()).value?.id];
    for (const id of ["d", "e"]) journal.write(turnReport([1], { id }));
    await journal.close();
    for await (const { id } of reading) seen.push(id);
    expect(seen.slice(0, 3)).toEqual(["a", "b", "c"]);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.skipIf(process.platform === "win32")("waits for nobody where there is a pipe in its place", async () => {
    await mkdir(folder, { recursive: true });
    spawnSync("mkfifo", [join(folder, "journal.jsonl")]);
    const errors: string[] = [];
    const journal = openJournal({ folder, onError: (reason) => errors.push(reason) });
    journal.write(turnReport([1]));
    await journal.close();
    const what = `${join(folder, "journal.jsonl")} is a named pipe, not a file`;
    expect(errors).toEqual([`the journal cannot be written: ${what}`]);
    await expect(ids()).rejects.toThrow(what);
  });

  it("is empty where there is none", async () => expect(await ids()).toEqual([]));
});
