/** The distance between two tiers, in reasoning tokens (openai/codex#30364). */
const TIER_STEP = 518;

/**
 * The tier of a round cut at exactly `518*n - 2` reasoning tokens (516, 1034, 1552, ...).
 *
 * @param reasoningTokens `usage.output_tokens_details.reasoning_tokens` of the round's terminal
 * @returns `n` (1, 2, ...), or `undefined` where the count is not on the fingerprint
 */
export function tierOf(reasoningTokens: number | undefined): number | undefined {
  const tier = ((reasoningTokens ?? 0) + 2) / TIER_STEP;
  return Number.isInteger(tier) && tier > 0 ? tier : undefined;
}

/** The reasoning tokens at which a round of that tier is cut. */
export function tokensOfTier(tier: number): number {
  return TIER_STEP * tier - 2;
}
