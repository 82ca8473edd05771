/** The normal distribution's 97.5 % quantile: 95 % lie between minus and plus this. */
const Z95 = 1.959963984540054;

/** Below this likelihood of chance, a difference counts as seen. */
export const SIGNIFICANT = 0.05;

/**
 * The 95 % interval of Wilson's score for a share, without continuity correction (Wilson 1927; method 3 of
 * Newcombe 1998). Unlike the usual one it makes sense for few runs, and for 0 or all of them.
 *
 * @returns bounds from 0 to 1; the whole range where there were no runs
 */
export function wilsonInterval(right: number, runs: number): readonly [number, number] {
  if (runs === 0) return [0, 1];
  const [share, z2] = [right / runs, Z95 ** 2];
  const middle = (share + z2 / (2 * runs)) / (1 + z2 / runs);
  const half = (Z95 / (1 + z2 / runs)) * Math.sqrt((share * (1 - share)) / runs + z2 / (4 * runs ** 2));
  // At the ends the sums leave a last bit of rounding.
  return [right === 0 ? 0 : middle - half, right === runs ? 1 : middle + half];
}

/**
 * McNemar's exact test of pairs, two-sided: how likely it is that chance alone divides the pairs in which the arms
 * differ at least so unevenly. Twice the binomial tail, at most 1.
 *
 * @param gained pairs in which only the treatment was right
 * @param lost pairs in which only the control was
 * @returns 0 to 1
 */
export function mcnemarExact(gained: number, lost: number): number {
  const differing = gained + lost;
  // In logarithms, for a half to the power of a thousand pairs is no number any more.
  let term = -differing * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(gained, lost); k++) {
    tail += Math.exp(term);
    term += Math.log((differing - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}

/**
 * The smallest gain, as a share of all pairs, that the test could ever call significant: that of the fewest gained
 * pairs that suffice where none is lost.
 *
 * @returns `undefined` where no gain could, for there are too few pairs
 */
export function smallestVisibleGain(pairs: number): number | undefined {
  for (let gained = 1; gained <= pairs; gained++)
    if (mcnemarExact(gained, 0) < SIGNIFICANT) return gained / pairs;
  return undefined;
}
