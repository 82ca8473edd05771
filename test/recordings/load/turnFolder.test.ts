import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadRecording } from "../../../src/recordings/load/loadRecordings.js";
import { readStream } from "../../../src/recordings/load/stream.js";
import { replayOptions } from "../../../src/recordings/replay.js";
import { DEFAULT_FOLD_OPTIONS } from "../../../src/protocol/foldOptions.js";
import { round } from "../../../src/testing/index.js";
import { recordTurn, replaysTheSame, textsOf } from "../support.js";

const cut = round().reasoning(516).message("WRONG").completed();
const right = round().reasoning(300).message("RIGHT").completed();

describe("a recorded turn that is not whole", () => {
  test.each([
    ["turn.json", ["turn.json is not whole"]],
    ["request.json", ["request.json is not whole"]],
    ["client.sse", ["client.sse is not there"]],
    ["round-1.sse", ["round-1.sse is not there"]],
  ])("without %s", async (file, missing) => {
    const path = await recordTurn([cut, right]);
    await rm(join(path, file));
    const recording = await loadRecording(path);
    expect(recording.missing).toEqual(missing);
    expect(JSON.parse(recording.request)).toMatchObject({ model: "gpt-5.5" });
    expect(await replaysTheSame(recording)).toBe(!["client.sse", "round-1.sse"].includes(file));
  });

  test.each(["turn.json", "request.json"])("with half of %s", async (file) => {
    const path = await recordTurn([cut, right]);
    const text = await readFile(join(path, file), "utf8");
    await writeFile(join(path, file), text.slice(0, text.length / 2));
    const recording = await loadRecording(path);
    expect(recording.missing).toEqual([`${file} is not whole`]);
    expect(await replaysTheSame(recording)).toBe(true);
  });

  test.each([
    ["round-1.sse", "round-1.sse ends before its round did"],
    ["client.sse", "client.sse ends before the turn did"],
  ])("with a %s that is torn: it is read up to there", async (file, missing) => {
    const path = await recordTurn([right]);
    const text = await readFile(join(path, file), "utf8");
    const whole = textsOf(readStream(text));
    const end = text.indexOf("event: response.completed");
    const cuts = Array.from({ length: 200 }, (_, i) => 1 + Math.floor((i * end) / 200));
    for (const cut of cuts) {
      const read = textsOf(readStream(text.slice(0, cut)));
      expect(read).toEqual(whole.slice(0, read.length));
    }
    await writeFile(join(path, file), text.slice(0, end + 40));
    const recording = await loadRecording(path);
    expect(recording.missing).toEqual([missing]);
    expect(textsOf(file === "client.sse" ? recording.client : recording.rounds[0])).toEqual(
      whole.slice(0, -1),
    );
  });

  test("that crashed before its first round is loaded with the others", async () => {
    const path = await recordTurn([right]);
    for (const file of ["round-1.sse", "client.sse"]) await rm(join(path, file));
    const recording = await loadRecording(path);
    expect(recording.missing).toEqual(["no round was recorded", "client.sse is not there"]);
    expect(recording.rounds).toEqual([]);
  });

  test("without its last round replays as a continuation that failed", async () => {
    const path = await recordTurn([cut, right]);
    await rm(join(path, "round-2.sse"));
    expect(await replaysTheSame(await loadRecording(path))).toBe(false);
  });
});

describe("turn.json", () => {
  async function changed(from: string, to: string): Promise<string> {
    const path = await recordTurn([right]);
    const file = join(path, "turn.json");
    const text = await readFile(file, "utf8");
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
    return path;
  }

  test("of a later version is refused by name", async () => {
    const path = await changed('"version": 1', '"version": 2');
    await expect(loadRecording(path)).rejects.toThrow(/has version 2 of the format; this codexcomp reads 1/);
  });

  test("of something else is none", async () => {
    const path = await changed('"codexcomp-recording"', '"other"');
    await expect(loadRecording(path)).rejects.toThrow(/turn\.json is not of a recording/);
  });

  test("options that are none are left out", async () => {
    const path = await changed(
      '"maxContinue": 3',
      '"maxContinue": "3", "models": 7, "toString": "x", "minTier": 2',
    );
    const recording = await loadRecording(path);
    expect(recording.fold).not.toHaveProperty("toString", "x");
    expect(replayOptions(recording)).toMatchObject({ maxContinue: DEFAULT_FOLD_OPTIONS.maxContinue });
    expect(await replaysTheSame(recording)).toBe(true);
  });
});
