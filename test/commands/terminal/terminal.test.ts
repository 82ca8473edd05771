import { describe, expect, it } from "vitest";
import { barChart } from "../../../src/commands/terminal/bars.js";
import { bytes, count, duration, share } from "../../../src/commands/terminal/numbers.js";
import { progressBar } from "../../../src/commands/terminal/progress.js";
import { table } from "../../../src/commands/terminal/table.js";
import { memoryOutput } from "../capture.js";

describe("table", () => {
  it("aligns names left and numbers right", () => {
    const columns = [{ title: "model" }, { title: "n", align: "right" }] as const;
    expect(
      table(columns, [
        ["a", "1"],
        ["longer", "200"],
      ]),
    ).toBe("model     n\na         1\nlonger  200");
  });

  it("lets no name steer the terminal", () => {
    expect(table([{ title: "m" }], [["a\u001b[2Jb\u202e"]])).toBe("m\na?[2Jb?");
  });
});

describe("barChart", () => {
  const bar = (label: string, value: number) => ({ label, value, text: `${value}` });

  it("fits the width, and draws nothing for nothing only", () => {
    const lines = barChart([bar("a", 1000), bar("bb", 500), bar("c", 1), bar("d", 0)], 40).split("\n");
    const lengths = lines.map((line) => line.split("█").length - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBe(40);
    expect(lengths[1]).toBeCloseTo((lengths[0] ?? 0) / 2, 0);
    expect(lengths.slice(2)).toEqual([1, 0]);
  });
});

describe("numbers", () => {
  it.each([
    [count(1234567), "1,234,567"],
    [share(1, 3), "33.3%"],
    [share(0, 0), "-"],
    [bytes(999), "999 bytes"],
    [bytes(2_345_678), "2.3 MB"],
    [duration(4.06), "4.1 s"],
    [duration(600), "10 min"],
    [duration(7200), "2.0 h"],
  ])("%s", (text, expected) => expect(text).toBe(expected));
});

describe("progressBar", () => {
  it("says nothing where nobody watches", () => {
    const output = memoryOutput();
    const progress = progressBar(output);
    progress.at(0.5, "half");
    progress.clear();
    expect(output.text()).toBe("");
  });

  it("draws over itself and leaves nothing", () => {
    const output = memoryOutput(80);
    const progress = progressBar(output);
    progress.at(0.5, "half");
    progress.clear();
    expect(output.text()).toMatch(/ 50% half\r.\[K$/);
  });
});
