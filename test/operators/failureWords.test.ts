import { describe, expect, test } from "vitest";
import { inBrief, nameOf, oneLine } from "../../src/operators/failureWords.js";

const withStack = (stack: string, message = "x") => Object.assign(new TypeError(message), { stack });

describe("what is logged of an error", () => {
  test.each([
    ["a named function", "TypeError: x\n    at shout (file:///home/me/ops.mjs:31:97)"],
    ["no function", "TypeError: x\n    at file:///home/me/ops.mjs:31:97"],
    [
      "what has no place",
      "TypeError: x\n    at async Promise.all (index 0)\n    at shout (file:///home/me/ops.mjs:31:97)",
    ],
    [
      "a path with parentheses",
      "TypeError: x\n    at f (file:///a (b)/c.mjs:1:1)\n    at file:///home/me/ops.mjs:31:97",
    ],
  ])("is its place: thrown in %s", (_, stack) => {
    expect(inBrief(withStack(stack))).toBe("TypeError at file:///home/me/ops.mjs:31:97");
  });

  test.each([
    [
      "in a message of several lines",
      (frame: string) => withStack(`TypeError: a\n${frame}\nb`, `a\n${frame}\nb`),
    ],
    [
      "in front of what looks like a frame",
      (frame: string) => withStack(`TypeError: secret${frame}`, "changed later"),
    ],
    [
      "behind what looks like a frame",
      (frame: string) => withStack(`TypeError:\n${frame} secret`, "changed later"),
    ],
  ])("is nothing of what it says: %s", (_, error) => {
    expect(inBrief(error("    at my secret (plan:1:2)"))).toBe("TypeError");
  });
});

test("a line of the log is of one line, and not endless", () => {
  expect(oneLine("a\r\nb\u001b[2J\u0085c")).toBe("a b [2J c");
  expect(oneLine("x".repeat(1e6)).length).toBeLessThan(2000);
  expect(nameOf({ name: "a\nb" })).toBe("a b");
});
