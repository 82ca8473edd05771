import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadRecording, runFold } from "codexcomp/testing";
import "codexcomp/testing/vitest";
import { VERSION } from "../../src/recordings/format.js";
import { replaysTheSame } from "../recordings/support.js";

// The test that docs/recordings.md shows.
test("the answer of the cut round leaves no trace", async () => {
  const recording = await loadRecording("test/fixtures/recordings/socks");

  const events = await runFold(recording);

  expect(events).toBeOneResponse();
  expect(events.map(({ data }) => data).join("\n")).not.toContain("12.");
});

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("it is shown as it is", () => {
  const [, snippet = ""] = /```ts\n(.*?)```/s.exec(read("docs/recordings.md")) ?? [];
  const [imports = "", test = ""] = snippet.split(/\n\n(?=test\()/);
  expect(read("test/docs/recordings.test.ts")).toContain(test);
  for (const line of imports.split("\n")) expect(read("test/docs/recordings.test.ts")).toContain(line);
});

test("a recording of version 1 replays as it was", async () => {
  const recording = await loadRecording("test/fixtures/recordings/socks");
  expect(recording).toMatchObject({ turn: { version: 1 }, missing: [] });
  expect(VERSION).toBe(1);
  expect(recording.rounds.map(({ verdict }) => verdict?.reason)).toEqual(["fingerprint", "natural"]);
  expect(await replaysTheSame(recording)).toBe(true);
});
