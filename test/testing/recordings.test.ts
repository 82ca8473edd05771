import { fileURLToPath } from "node:url";
import { filter } from "rxjs";
import { describe, expect, test } from "vitest";
import "../../src/testing/matchers.js";
import type { CustomOperator } from "../../src/index.js";
import { UpstreamLost } from "../../src/index.js";
import { loadRecording, loadRecordings, round, runFold, watchFold } from "../../src/testing/index.js";
import { recordTurn, textsOf } from "../recordings/support.js";

const cut = round().reasoning(516).message("WRONG").completed();
const right = round().reasoning(300).message("RIGHT").completed();
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.sse`, import.meta.url));

const noDeltas: CustomOperator = () => filter(({ type }) => type !== "response.output_text.delta");

describe("a recording in a unit test", () => {
  test("gives what the client got", async () => {
    const recording = await loadRecording(await recordTurn([cut, right]));
    const events = await runFold(recording);
    expect(events.map(({ data }) => data)).toEqual(textsOf(recording.client));
    expect(events).toBeOneResponse();
    expect(await watchFold(recording)).toKeepInvariants();
  });

  test("goes through operators of one's own", async () => {
    const recording = await loadRecording(await recordTurn([cut, right]));
    const events = await runFold(recording, [noDeltas]);
    expect(events).toBeOneResponse();
    expect(events.filter(({ type }) => type === "response.output_text.delta")).toEqual([]);
    const rounds = await runFold(recording, { operators: { round: [noDeltas] } });
    expect(rounds.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
  });

  test("has the options of its time, unless others are given", async () => {
    const recording = await loadRecording(await recordTurn([cut, right], { fold: { maxContinue: 0 } }));
    expect((await watchFold(recording)).end?.reason).toBe("max_continue");
    await expect(runFold(recording, { maxContinue: 1 })).rejects.toThrow(
      /round 2 was asked for, but only 1 given/,
    );
  });

  test("dies as its stream died", async () => {
    const dying = { events: right, fault: { kind: "reset", after: 6 } } as const;
    await expect(runFold(await loadRecording(await recordTurn([dying])))).rejects.toThrow(UpstreamLost);
  });

  test("may be a file of another tool", async () => {
    const recording = await loadRecording(fixture("clean"));
    expect((await runFold(recording)).at(-1)?.type).toBe("response.completed");
  });

  test("is one, unless many are wanted", async () => {
    await expect(loadRecording("test/fixtures")).rejects.toThrow(/there are 15 recordings, name one/);
    expect(await loadRecordings(["test/fixtures"])).toHaveLength(15);
    await expect(loadRecording("no/such")).rejects.toThrow(/no such file/);
  });
});
