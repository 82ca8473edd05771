import { billedUsage, type Usage } from "../../protocol/usage.js";
import type { FinalReason } from "../../protocol/signals.js";
import { NOT_MEANT } from "../../protocol/verdict.js";
import type { JournalEntry } from "../../journal/entry.js";
import { localDate, weekOf } from "../weeks.js";

/** What a group of turns came to. */
export interface Summary {
  readonly turns: number;
  /** Turns with a round that ended on the fingerprint. */
  readonly truncated: number;
  /** Of these, turns whose cut rounds were only observed: the model is not folded, or nothing was. */
  readonly observed: number;
  /** Turns that were continued. */
  readonly folds: number;
  /** Folds by how they ended: `natural` is cured, the others are why not. */
  readonly foldsByOutcome: Readonly<Record<string, number>>;
  /** Rounds beyond the first. */
  readonly continuations: number;
  /** What the first rounds took: the turns as they would have been without continuing. */
  readonly turnTokens: Usage;
  /** What the continuations took on top. */
  readonly extraTokens: Usage;
  readonly seconds: number;
  /** Of these, in continuations. */
  readonly addedSeconds: number;
  /** Rounds whose answer streamed live, and rounds whose answer was held until the verdict. */
  readonly live: number;
  readonly held: number;
}

const NOTHING: Summary = {
  turns: 0,
  truncated: 0,
  observed: 0,
  folds: 0,
  foldsByOutcome: {},
  continuations: 0,
  turnTokens: billedUsage([]),
  extraTokens: billedUsage([]),
  seconds: 0,
  addedSeconds: 0,
  live: 0,
  held: 0,
};

/** Turns summed up, over all and in groups, in memory that does not grow with their number. */
export interface Summaries {
  readonly all: Summary;
  readonly models: readonly (Summary & { readonly model: string; readonly effort: string })[];
  /** By the local calendar, oldest first. */
  readonly days: readonly (Summary & { readonly day: string })[];
  readonly weeks: readonly (Summary & { readonly week: string })[];
}

/** Sums turns up. */
export async function summarize(entries: AsyncIterable<JournalEntry>): Promise<Summaries> {
  const sums = openSummaries();
  for await (const entry of entries) sums.add(entry);
  return sums.read();
}

/** Sums up turns one by one. */
export function openSummaries(): { add(entry: JournalEntry): void; read(): Summaries } {
  let all = NOTHING;
  const models = new Map<string, Summary & { model: string; effort: string }>();
  const days = new Map<string, Summary & { day: string }>();
  const weeks = new Map<string, Summary & { week: string }>();
  return {
    add: (entry) => {
      const { effort = "default", model } = entry;
      const time = Date.parse(entry.time);
      all = add(all, entry);
      addTo(models, `${model}\n${effort}`, { model, effort }, entry);
      addTo(days, localDate(new Date(time)), { day: localDate(new Date(time)) }, entry);
      addTo(weeks, weekOf(time), { week: weekOf(time) }, entry);
    },
    read: () => ({
      all,
      models: [...models.values()].sort((a, b) => b.turns - a.turns),
      days: inOrder(days),
      weeks: inOrder(weeks),
    }),
  };
}

function addTo<K>(groups: Map<string, Summary & K>, name: string, key: K, entry: JournalEntry): void {
  groups.set(name, { ...key, ...add(groups.get(name) ?? NOTHING, entry) });
}

function inOrder<T>(groups: Map<string, T>): T[] {
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function add(sum: Summary, { addedSeconds, outcome, rounds, seconds, stopped }: JournalEntry): Summary {
  const isFold = rounds.length > 1;
  const ending = outcome === "completed" ? stopped : outcome;
  const [first, ...others] = rounds.map(({ usage }) => usage);
  return {
    turns: sum.turns + 1,
    truncated: sum.truncated + (rounds.some(({ tier }) => tier !== undefined) ? 1 : 0),
    observed: sum.observed + (rounds.some(isObserved) ? 1 : 0),
    folds: sum.folds + (isFold ? 1 : 0),
    foldsByOutcome: isFold
      ? { ...sum.foldsByOutcome, [ending]: (sum.foldsByOutcome[ending] ?? 0) + 1 }
      : sum.foldsByOutcome,
    continuations: sum.continuations + others.length,
    turnTokens: billedUsage([sum.turnTokens, first]),
    extraTokens: billedUsage([sum.extraTokens, ...others]),
    seconds: round3(sum.seconds + seconds),
    addedSeconds: round3(sum.addedSeconds + addedSeconds),
    live: sum.live + rounds.filter(({ live }) => live === true).length,
    held: sum.held + rounds.filter(({ live }) => live === false).length,
  };
}

function isObserved({ tier, verdict }: JournalEntry["rounds"][number]): boolean {
  return tier !== undefined && NOT_MEANT.has(verdict as FinalReason);
}

/** Sums of fractions grow tails. */
function round3(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
