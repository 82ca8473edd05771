import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../src/commands/journal/entry.js";
import { readJournal } from "../../../src/commands/journal/reader.js";
import { openJournal } from "../../../src/commands/journal/writer.js";
import { turnReport } from "./reports.js";

let folder = "";
beforeEach(async () => void (folder = join(await mkdtemp(join(tmpdir(), "codexcomp-journal-")), "state")));
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

const noError = (reason: string) => expect.unreachable(reason);

async function read(since = -Infinity): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of readJournal(folder, since)) entries.push(entry);
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

  it("loses nothing when several write and set aside at the same time", async () => {
    const journals = Array.from({ length: 5 }, () =>
      openJournal({ folder, maxBytes: 2000, keepFiles: 1000, onError: noError }),
    );
    for (let turn = 0; turn < 100; turn++) journals[turn % 5]?.write(turnReport([1], { id: `${turn}` }));
    await Promise.all(journals.map((journal) => journal.close()));
    expect((await ids()).map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it.skipIf(!existsSync("dist/commands/journal/writer.js"))(
    "loses nothing between processes either",
    async () => {
      const script = `
      import { openJournal } from ${JSON.stringify(new URL("../../../dist/commands/journal/writer.js", import.meta.url).href)};
      const report = ${JSON.stringify(turnReport([516, 3]))};
      const onError = (reason) => { console.error(reason); process.exitCode = 1; };
      const journal = openJournal({ folder: ${JSON.stringify(folder)}, maxBytes: 20000, keepFiles: 1000, onError });
      for (let turn = 0; turn < 200; turn++) journal.write({ ...report, id: process.argv[1] + "-" + turn });
      await journal.close();`;
      const exits = ["a", "b", "c"].map(async (name) => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", script, name], {
          stdio: "inherit",
        });
        return (await once(child, "exit")) as [number];
      });
      expect((await Promise.all(exits)).flatMap(([code]) => code)).toEqual([0, 0, 0]);
      expect(new Set(await ids()).size).toBe(600);
    },
  );

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
  });

  it("is empty where there is none", async () => expect(await ids()).toEqual([]));
});
