import { describe, expect, test } from "vitest";
import { mcnemarExact, smallestVisibleGain, wilsonInterval } from "../../src/evaluation/statistics.js";

describe("Wilson's interval", () => {
  // Newcombe RG (1998): Two-sided confidence intervals for the single proportion: comparison of seven methods.
  // Statistics in Medicine 17, 857-872, table I, method 3 (score, without continuity correction).
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is the published one", (right, runs, low, high) => {
    const interval = wilsonInterval(right, runs);
    expect(interval.map((bound) => bound.toFixed(4))).toEqual([low, high].map((bound) => bound.toFixed(4)));
  });

  test("turns over with what counts as right", () => {
    const [low, high] = wilsonInterval(20, 20);
    expect([low, high]).toEqual([expect.closeTo(1 - 0.1611, 4), 1]);
  });

  test("of nothing is everything", () => expect(wilsonInterval(0, 0)).toEqual([0, 1]));
});

describe("McNemar's exact test", () => {
  // Fagerland MW, Lydersen S, Laake P (2013): The McNemar test for binary matched-pairs data: mid-p and asymptotic are
  // better than exact conditional. BMC Medical Research Methodology 13:91. Airway hyper-responsiveness before and
  // after stem cell transplantation, 21 children, 7 and 1 discordant: exact conditional p = 0.070.
  test("gives the published likelihood", () => {
    expect(mcnemarExact(7, 1)).toBeCloseTo(0.0703, 4);
    expect(mcnemarExact(1, 7)).toBe(mcnemarExact(7, 1));
  });

  test("is twice the binomial tail, at most 1", () => {
    expect(mcnemarExact(0, 0)).toBe(1);
    expect(mcnemarExact(3, 3)).toBe(1);
    expect(mcnemarExact(6, 0)).toBeCloseTo(2 / 64, 12);
    expect(mcnemarExact(9, 1)).toBeCloseTo((2 * 11) / 1024, 12);
  });

  test("holds for more pairs than a power of a half can be written for", () => {
    expect(mcnemarExact(1500, 1500)).toBe(1);
    // 2 * sum of binomials(3000, 0..1400) / 2^3000, in whole numbers
    expect(mcnemarExact(1600, 1400)).toBeCloseTo(0.00027856396, 10);
  });
});

describe("the smallest gain that can show", () => {
  test.each([
    [12, 6 / 12],
    [20, 6 / 20],
    [6, 1],
  ])("with %i pairs is that of six pairs", (pairs, gain) => expect(smallestVisibleGain(pairs)).toBe(gain));

  test("is none with five", () => expect(smallestVisibleGain(5)).toBeUndefined());
});
