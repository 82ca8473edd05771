import { adviceFor } from "../../protocol/modelAdvice.js";
import { tokensOfTier } from "../../protocol/fingerprint.js";
import { HISTOGRAM_END, sum, type Cell, type Counts, type Tally } from "./tally.js";

/** What `scan` found: what `--json` prints. */
export interface ScanReport extends Finding {
  readonly codexHome: string;
  /** ISO 8601; absent for `--since all`. */
  readonly since?: string;
  readonly until: string;
  readonly files: number;
  readonly bytes: number;
  /** Logs that could not be read to their end. */
  readonly unreadable: readonly string[];
  readonly models: readonly (Finding & { readonly model: string; readonly effort: string })[];
  /** What to do, model by model, whatever the effort. */
  readonly advice: readonly ModelReport[];
  /** The first tiers and their surroundings. */
  readonly histogram: readonly Bin[];
  /** How many ended on each tier. */
  readonly tiers: Readonly<Record<number, number>>;
  readonly weeks: readonly (Finding & { readonly week: string })[];
  /** Where `wire` has left its date. */
  readonly wiring?: { readonly wiredAt: string; readonly before: Finding; readonly since: Finding };
}

/** A model: what was counted, and what to do. */
export interface ModelReport extends Finding {
  readonly model: string;
  /** Whether codexcomp folds it where nobody says otherwise. */
  readonly foldedByDefault: boolean;
  readonly advice: string;
}

/** A count and what chance would have given. */
export interface Finding extends Counts {
  readonly expectedByChance: number;
  /** How likely chance alone is to give that many or more, 0 to 1. */
  readonly likelihoodOfChance: number;
  /** Chance alone gives so many in less than one of a thousand cases. */
  readonly affected: boolean;
}

/** How many responses had `from` to `to` reasoning tokens, both included. */
export interface Bin {
  readonly tier: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const SIGNIFICANT = 0.001;
const TIERS_SHOWN = 3;
const BIN_WIDTH = 20;

/** The counts of a group beside what chance would have given. */
export function judge(counts: Counts): Finding {
  const { responses, withReasoning, fingerprinted } = counts;
  const likelihood = likelihoodOfChance(fingerprinted, withReasoning);
  return {
    responses,
    withReasoning,
    fingerprinted,
    expectedByChance: Math.round(100 * expectedByChance(withReasoning)) / 100,
    likelihoodOfChance: Number(likelihood.toPrecision(3)),
    affected: likelihood < SIGNIFICANT,
  };
}

/** Below this likelihood, a small number may be more than chance. */
export const PERHAPS = 0.05;

function advised(group: Finding & { readonly model: string }): ModelReport {
  const tooFew = group.withReasoning === 0 || (!group.affected && group.likelihoodOfChance < PERHAPS);
  const { foldedByDefault, text } = adviceFor(group.model, tooFew ? undefined : group.affected);
  return { ...group, foldedByDefault, advice: text };
}

/** Draws the report from the counts. */
export function reportOf(
  tally: Tally,
  about: Pick<ScanReport, "codexHome" | "since" | "until" | "files" | "bytes" | "unreadable">,
  wiredAt: string | undefined,
): ScanReport {
  const { cells } = tally;
  return {
    ...about,
    ...judge(sum(cells)),
    models: groups(cells, ({ model, effort }) => ({ model, effort })),
    advice: groups(cells, ({ model }) => ({ model })).map(advised),
    histogram: bins(tally.histogram),
    tiers: Object.fromEntries(tally.tiers),
    weeks: groups(cells, ({ week }) => ({ week })).sort((a, b) => (a.week < b.week ? -1 : 1)),
    ...(wiredAt !== undefined && {
      wiring: {
        wiredAt,
        before: judge(sum(cells.filter(({ wired }) => !wired))),
        since: judge(sum(cells.filter(({ wired }) => wired))),
      },
    }),
  };
}

/** Cells that agree in the chosen fields, summed; the largest group first. */
function groups<K extends Record<string, string>>(
  cells: readonly Cell[],
  fieldsOf: (cell: Cell) => K,
): (K & Finding)[] {
  const byKey = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = Object.values(fieldsOf(cell)).join("\n");
    byKey.set(key, [...(byKey.get(key) ?? []), cell]);
  }
  return [...byKey.values()]
    .flatMap((group) => (group[0] ? [{ ...fieldsOf(group[0]), ...judge(sum(group)) }] : []))
    .sort((a, b) => b.responses - a.responses);
}

/** Two bins below each tier, the tier alone, two above. */
function bins(histogram: Uint32Array): Bin[] {
  return Array.from({ length: TIERS_SHOWN }, (_, index) => index + 1).flatMap((tier) => {
    const tokens = tokensOfTier(tier);
    const starts = [tokens - 2 * BIN_WIDTH, tokens - BIN_WIDTH, tokens, tokens + 1, tokens + 1 + BIN_WIDTH];
    return starts.map((from) => {
      const to = from === tokens ? tokens : from + BIN_WIDTH - 1;
      const count = histogram
        .subarray(from, Math.min(to + 1, HISTOGRAM_END))
        .reduce((all, one) => all + one, 0);
      return { tier, from, to, count };
    });
  });
}

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
