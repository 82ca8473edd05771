/** Where reasoning is cut: `518n - 2` tokens. */
const STEP = 518;

export function isTier(tokens: number): boolean {
  return tokens > 0 && (tokens + 2) % STEP === 0;
}

/** The tiers up to a count of tokens; at least the first three, which a picture without spikes shows too. */
export function tierTokens(most: number): number[] {
  const count = Math.max(3, Math.floor((most + 2) / STEP));
  return Array.from({ length: count }, (_, index) => STEP * (index + 1) - 2);
}
