import { describe, expect, test } from "vitest";
import { openThought, sealThought, sizeOfThought } from "../../src/testing/index.js";

const MINE = { account: "acct_1", seed: "a", at: 1782741513 };
const decoded = (text: string): number => Buffer.from(text, "base64url").length;

describe("encrypted content", () => {
  test.each([0, 1, 30, 516, 1034, 10_876])("of %i tokens has the known shape", (tokens) => {
    const text = sealThought({ tokens }, MINE);
    expect(text).toMatch(/^gAAAAA[\w-]+={0,2}$/);
    expect(text.length % 4).toBe(0);
    expect((decoded(text) - 57) % 16).toBe(0);
    expect(decoded(text)).toBe(sizeOfThought(tokens));
  });

  test("of 516 tokens is as large as in public responses", () => {
    expect(sizeOfThought(516)).toBeGreaterThanOrEqual(2841);
    expect(sizeOfThought(516)).toBeLessThanOrEqual(3257);
  });

  test("can have a size of its own", () => {
    expect(decoded(sealThought({ tokens: 516 }, { ...MINE, bytes: 1609 }))).toBe(1609);
  });

  test("opens for its account only, and only untouched", () => {
    const text = sealThought({ tokens: 516 }, MINE);
    expect(openThought(text, "acct_1")).toEqual({ tokens: 516 });
    expect(openThought(text, "acct_2")).toBeUndefined();
    for (const at of [10, 100, text.length - 10]) {
      const other = text[at] === "A" ? "B" : "A";
      expect(openThought(text.slice(0, at) + other + text.slice(at + 1), "acct_1")).toBeUndefined();
    }
    expect(openThought(text.slice(0, -64), "acct_1")).toBeUndefined();
    expect(openThought("gAAAAAnonsense", "acct_1")).toBeUndefined();
  });

  test("is the same in every run, and differs by seed", () => {
    const thought = { tokens: 516 };
    expect(sealThought(thought, MINE)).toBe(sealThought(thought, MINE));
    expect(sealThought(thought, MINE)).not.toBe(sealThought(thought, { ...MINE, seed: "b" }));
  });
});
