import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findSessionFiles } from "../../../src/codex/sessions/sessionFiles.js";

let home = "";
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), "codexcomp-scan-"))));
afterEach(() => rm(home, { recursive: true, force: true }));

async function write(path: string, modified?: Date): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), "x");
  if (modified) await utimes(join(home, path), modified, modified);
}

async function found(since = -Infinity): Promise<string[]> {
  const files = await findSessionFiles(home, since);
  return files.map(({ path }) => relative(home, path).replaceAll("\\", "/"));
}

describe("findSessionFiles", () => {
  it("finds logs in both folders, packed or not, oldest first", async () => {
    await write("sessions/2026/02/01/rollout-2026-02-01-b.jsonl");
    await write("archived_sessions/rollout-2026-03-01-c.jsonl");
    await write("sessions/2026/01/01/rollout-2026-01-01-a.jsonl.zst");
    await write("sessions/2026/01/01/notes.txt");
    expect(await found()).toEqual([
      "sessions/2026/01/01/rollout-2026-01-01-a.jsonl.zst",
      "sessions/2026/02/01/rollout-2026-02-01-b.jsonl",
      "archived_sessions/rollout-2026-03-01-c.jsonl",
    ]);
  });

  it("takes one copy of a session: unpacked before packed, in use before archived", async () => {
    await write("sessions/rollout-a.jsonl.zst");
    await write("sessions/rollout-a.jsonl");
    await write("archived_sessions/rollout-a.jsonl");
    expect(await found()).toEqual(["sessions/rollout-a.jsonl"]);
  });

  it("leaves out logs that were not written to since", async () => {
    await write("sessions/old.jsonl", new Date("2026-01-01"));
    await write("sessions/new.jsonl", new Date("2026-02-01"));
    expect(await found(Date.parse("2026-01-15"))).toEqual(["sessions/new.jsonl"]);
  });

  it("says what is missing where there are no sessions", async () => {
    await expect(found()).rejects.toThrow(/no session logs: .* has no folder "sessions"/);
  });
});
