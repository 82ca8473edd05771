import { describe, expect, test } from "vitest";
import { tierOf, tokensOfTier } from "../../src/protocol/fingerprint.js";

describe("tierOf", () => {
  test.each([
    [516, 1],
    [1034, 2],
    [1552, 3],
    [3106, 6],
    [3624, 7],
    [10876, 21],
  ])("%i reasoning tokens are tier %i", (tokens, tier) => {
    expect(tierOf(tokens)).toBe(tier);
  });

  test.each([undefined, 0, -2, 1, 515, 517, 518, 1033, 1035, 516.5, Number.NaN, Infinity])(
    "%s reasoning tokens are no cut",
    (tokens) => {
      expect(tierOf(tokens)).toBeUndefined();
    },
  );

  test("chance hits one count in 518", () => {
    const counts = Array.from({ length: 518 * 10 }, (_, tokens) => tokens);

    expect(counts.filter((tokens) => tierOf(tokens) !== undefined)).toHaveLength(10);
  });
});

test("tokensOfTier is the way back", () => {
  for (const tier of [1, 2, 6, 21]) expect(tierOf(tokensOfTier(tier))).toBe(tier);
});
