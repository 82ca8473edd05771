import { billedUsage } from "../../protocol/usage.js";
import type { TurnReport } from "../../reports/turnReport.js";
import { count, share } from "../terminal/numbers.js";

/** What became of the turns of one run. */
export interface Tally {
  readonly turns: number;
  /** Turns with a round on the fingerprint. */
  readonly cut: number;
  /** Turns that were continued, */
  readonly folds: number;
  /** and those of them whose last round was thought to the end. */
  readonly cured: number;
  /** Tokens of all first rounds, and of those beyond. */
  readonly tokens: number;
  readonly extraTokens: number;
}

export const NO_TURNS: Tally = { turns: 0, cut: 0, folds: 0, cured: 0, tokens: 0, extraTokens: 0 };

export function counted(tally: Tally, { rounds, outcome, stop }: TurnReport): Tally {
  const [first, ...others] = rounds.map(({ usage }) => usage);
  const isFold = others.length > 0;
  return {
    turns: tally.turns + 1,
    cut: tally.cut + (rounds.some(({ tier }) => tier !== undefined) ? 1 : 0),
    folds: tally.folds + (isFold ? 1 : 0),
    cured: tally.cured + (isFold && outcome === "completed" && stop === "natural" ? 1 : 0),
    tokens: tally.tokens + (first?.total ?? 0),
    extraTokens: tally.extraTokens + billedUsage(others).total,
  };
}

/** One line for the end; `undefined` where nothing was cut. */
export function tallyLine({ turns, cut, folds, cured, tokens, extraTokens }: Tally): string | undefined {
  if (cut === 0 && folds === 0) return undefined;
  const of = `${count(cut)} of ${count(turns)} ${turns === 1 ? "turn was" : "turns were"} cut`;
  if (folds === 0) return `${of}, none continued`;
  const extra = `${count(extraTokens)} extra tokens (${share(extraTokens, tokens)} more)`;
  return `${of}, ${count(folds)} continued (${count(cured)} to the end): ${extra}`;
}
