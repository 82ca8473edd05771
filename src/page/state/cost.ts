import type { Turn } from "./live.js";

/** What a turn took beyond its first round. */
export interface Extra {
  readonly tokens: number;
  readonly seconds: number;
}

/** @returns `undefined` for a turn of one round */
export function extraOf({ rounds, end }: Turn): Extra | undefined {
  const [, ...others] = rounds;
  if (others.length === 0) return undefined;
  const tokens = others.reduce((sum, { end }) => sum + (end?.tokens?.total ?? 0), 0);
  return { tokens, seconds: end?.addedSeconds ?? 0 };
}
