/** One count in so many would be 518n-2 if counts fell anywhere. */
const ONE_IN = 518;

/** How many of so many responses with reasoning would end on the fingerprint by chance. */
export function expectedByChance(withReasoning: number): number {
  return withReasoning / ONE_IN;
}

/**
 * How likely chance alone is to give that many or more (Poisson).
 *
 * @returns 0 to 1
 */
export function likelihoodOfChance(fingerprinted: number, withReasoning: number): number {
  const expected = expectedByChance(withReasoning);
  let exactly = Math.exp(-expected);
  let fewer = 0;
  for (let k = 0; k < fingerprinted; k++) {
    fewer += exactly;
    exactly *= expected / (k + 1);
  }
  return Math.max(0, 1 - fewer);
}
