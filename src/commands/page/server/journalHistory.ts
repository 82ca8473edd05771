import { readJournal } from "../../../journal/reader.js";
import { openSummaries, type Summaries } from "../../stats/summary.js";
import { localDate } from "../../weeks.js";
import type { History, Period } from "../../../page/messages.js";

const DAYS = 30;

/** Tokens from here on are counted together, so that a journal cannot make the answer long. */
const MOST_TOKENS = 100_000;

/** Models and efforts past these are few turns each. */
const MOST_MODELS = 20;

/** What the journal says of the last 30 days. @param now milliseconds since 1970 */
export async function journalHistory(folder: string, now: number): Promise<History["journal"] & object> {
  const begin = (daysBefore: number): number => {
    const day = new Date(now);
    return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime();
  };
  const spans = [begin(0), begin(6), begin(DAYS - 1)].map((since) => ({ since, sums: openSummaries() }));
  const tokens = new Map<number, number>();
  for await (const entry of readJournal(folder, begin(DAYS - 1))) {
    const time = Date.parse(entry.time);
    for (const { since, sums } of spans) if (time >= since) sums.add(entry);
    for (const { reasoning } of entry.rounds) {
      if (reasoning === undefined) continue;
      const value = Math.min(reasoning, MOST_TOKENS);
      tokens.set(value, (tokens.get(value) ?? 0) + 1);
    }
  }
  const [today, week, month] = spans.map(({ sums }) => sums.read()) as [Summaries, Summaries, Summaries];
  const byDay = new Map(month.days.map((day) => [day.day, day]));
  return {
    today: periodOf(today),
    week: periodOf(week),
    month: periodOf(month),
    days: Array.from({ length: DAYS }, (_, index) => {
      const day = localDate(new Date(begin(DAYS - 1 - index)));
      const { turns = 0, truncated: cut = 0, folds = 0 } = byDay.get(day) ?? {};
      return { day, turns, cut, folds };
    }),
    tokens: [...tokens].sort(([a], [b]) => a - b),
  };
}

function periodOf({ all, models }: Summaries): Period {
  return {
    turns: all.turns,
    cut: all.truncated,
    folds: all.folds,
    outcomes: all.foldsByOutcome,
    turnTokens: all.turnTokens.total,
    extraTokens: all.extraTokens.total,
    seconds: all.seconds,
    addedSeconds: all.addedSeconds,
    live: all.live,
    held: all.held,
    models: models.slice(0, MOST_MODELS).map((group) => ({
      model: group.model,
      effort: group.effort,
      turns: group.turns,
      cut: group.truncated,
      observed: group.observed,
      folds: group.folds,
      cured: group.foldsByOutcome["natural"] ?? 0,
      turnTokens: group.turnTokens.total,
      extraTokens: group.extraTokens.total,
      addedSeconds: group.addedSeconds,
    })),
  };
}
