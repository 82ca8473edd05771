import { describe, expect, it } from "vitest";
import { createLog, logReport, type Level } from "../../../src/commands/run/log.js";
import type { TurnReport } from "../../../src/reports/turnReport.js";
import { memoryOutput } from "../capture.js";

const levels: Level[] = ["error", "warn", "info", "debug"];

function logged(
  write: (log: ReturnType<typeof createLog>) => void,
  settings: object = {},
  columns?: number,
): string {
  const output = memoryOutput(columns);
  write(createLog({ level: "debug", format: "text", output, env: {}, ...settings }));
  return output.text();
}

describe("the log", () => {
  it.each(levels)("at level %s leaves out what is less important", (level) => {
    const text = logged((log) => levels.forEach((each) => log(each, each)), { level });
    expect(text.match(/error|warn|info|debug/g)).toEqual(levels.slice(0, levels.indexOf(level) + 1));
  });

  it("gives each entry a time and a line", () => {
    expect(logged((log) => log("info", "words", { more: 1 }))).toMatch(/^\d\d:\d\d:\d\d words\n$/);
  });

  it("is JSON where it is for machines, also on a terminal", () => {
    const text = logged(
      (log) => log("warn", 'with "quotes"\nand lines', { more: 1 }),
      { format: "json" },
      80,
    );
    expect(text.trimEnd()).not.toContain("\n");
    expect(JSON.parse(text)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      ...{ level: "warn", message: 'with "quotes"\nand lines', more: 1 },
    });
  });

  it("has the instance's name in JSON", () => {
    const text = logged((log) => log("info", "words"), { format: "json", instance: "a" });
    expect(JSON.parse(text)).toMatchObject({ instance: "a", message: "words" });
  });

  it("tells a turn's start beside the time of its entry, which is the end", () => {
    const started = "2020-02-02T20:20:20.000Z";
    const usage = { input: 0, cached: 0, output: 0, reasoning: 0, total: 0 };
    const turn: TurnReport = {
      ...{ id: "0001", time: started, model: "gpt-5.5", effort: undefined, transport: "http", rounds: [] },
      ...{ outcome: "completed", stop: "natural", usage, billed: usage, seconds: 1, addedSeconds: 0 },
      firstWordSeconds: undefined,
    };
    const text = logged((log) => logReport(log, { kind: "turn", report: turn }), { format: "json" });
    const entry = JSON.parse(text) as { time: string };
    expect(entry).toMatchObject({ event: "turn", started, outcome: "completed" });
    expect(Date.parse(entry.time)).toBeGreaterThan(Date.parse(started));
  });

  it("is coloured on a terminal, unless that is not wanted", () => {
    const line = "[0001 gpt-5.5] round 1: in=1 | n=1 buffered=[] -> continue 1.0s";
    const write = (log: ReturnType<typeof createLog>): void => log("info", line);
    expect(logged(write)).not.toContain("\u001b");
    expect(logged(write, { env: { NO_COLOR: "1" } }, 80)).not.toContain("\u001b");
    const coloured = logged(write, {}, 80);
    expect(coloured).toContain("\u001b[33m-> continue");
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toContain(line);
  });
});
