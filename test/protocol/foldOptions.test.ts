import { describe, expect, test } from "vitest";
import { DEFAULT_FOLD_OPTIONS } from "../../src/protocol/foldOptions.js";
import { matchesGlob } from "../../src/protocol/globs.js";

describe("matchesGlob", () => {
  test.each([
    ["gpt-5.5", ["*"], true],
    ["", ["*"], true],
    ["gpt-5.5", ["gpt-5.5"], true],
    ["gpt-5.5-codex", ["gpt-5.5"], false],
    ["my-gpt-5.5", ["gpt-5.5"], false],
    ["gpt-5.5-codex", ["gpt-5.5*"], true],
    ["gpt-5.5", ["gpt-5.5*"], true],
    ["gpt-5.6-luna", ["*-luna"], true],
    ["gpt-5.6", ["gpt-5.?"], true],
    ["gpt-5.10", ["gpt-5.?"], false],
    ["gpt-5.", ["gpt-5.?"], false],
    ["GPT-5.5", ["gpt-5.5"], true],
    ["gpt-4o", ["gpt-5*", "gpt-4?"], true],
    ["gpt-5.5", [], false],
  ] as const)("%j against %j: %s", (name, globs, matches) => {
    expect(matchesGlob(name, globs)).toBe(matches);
  });

  test.each([
    ["gpt-5x5", "gpt-5.5"],
    ["aab", "a+b"],
    ["a", "(a)"],
    ["a", "[a]"],
    ["b", "a|b"],
    ["a", "^a$"],
  ])("%j is not %j: nothing but * and ? is special", (name, glob) => {
    expect(matchesGlob(name, [glob])).toBe(false);
    expect(matchesGlob(glob, [glob])).toBe(true);
  });
});

test("the defaults are those of the documentation", () => {
  expect(DEFAULT_FOLD_OPTIONS).toMatchObject({
    mode: "fold",
    models: ["gpt-5.5*", "gpt-5.4*"],
    minTier: 1,
    maxTier: 6,
    maxContinue: 3,
    maxBilledTokens: 0,
    nudge: "Continue thinking...",
    maxHeldBytes: 33_554_432,
    hold: "adaptive",
    liveModels: ["gpt-5.4*", "gpt-5.5*", "gpt-5.6*"],
    keepAliveSeconds: 15,
  });
});
