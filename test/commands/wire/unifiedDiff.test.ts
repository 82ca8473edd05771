import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../src/commands/wire/unifiedDiff.js";

const hunks = (before: string, after: string) =>
  unifiedDiff("f", before, after).split("\n").slice(2).join("\n");

describe("unifiedDiff", () => {
  it("is empty where nothing differs", () => {
    expect(unifiedDiff("f", "a\n", "a\n")).toBe("");
  });

  it.each([
    ["a line more", "a\nb\n", "a\nx\nb\n", "@@ -1,0 +2 @@\n+x\n"],
    ["the first line", "", "x\n", "@@ -0,0 +1 @@\n+x\n"],
    ["a line less", "a\nx\n", "a\n", "@@ -2 +1,0 @@\n-x\n"],
    ["two places", "a\nb\nc\n", "x\nb\ny\n", "@@ -1 +1 @@\n-a\n+x\n@@ -3 +3 @@\n-c\n+y\n"],
    [
      "no final line break",
      "a",
      "a\nb",
      "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n",
    ],
  ])("shows %s, and nothing around it", (_name, before, after, expected) => {
    expect(hunks(before, after)).toBe(expected);
  });

  it("leads from the one text to the other", () => {
    const text = fc.array(fc.constantFrom("a\n", "b\n", "c\n")).map((lines) => lines.join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, unifiedDiff("f", before, after))).toBe(after);
      }),
    );
  });
});

/** Applies a diff of texts whose every line ends with a line break. */
function patched(before: string, diff: string): string {
  const old = before.match(/.*\n/g) ?? [];
  const result: string[] = [];
  let at = 0;
  for (const line of diff.match(/.*\n/g)?.slice(2) ?? []) {
    const start = /^@@ -(\d+)(,0)?/.exec(line);
    if (start) while (at < Number(start[1]) - (start[2] ? 0 : 1)) result.push(old[at++] as string);
    else if (line.startsWith("+")) result.push(line.slice(1));
    else if (old[at++] !== line.slice(1)) throw new Error(`no such line: ${line}`);
  }
  return [...result, ...old.slice(at)].join("");
}
