/** Milliseconds. */
const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;

/** What continuations have cost in the last 24 hours, and whether more may be spent. */
export interface Purse {
  /** Takes tokens out. @param time when they were spent, in milliseconds since 1970 */
  spend(time: number, tokens: number): void;
  /** Replaces what others have spent of it. */
  setOthers(spendings: readonly Spending[]): void;
  /** Tokens of the last 24 hours, those of others included. */
  spent(): number;
  /** The limit is reached. Never, where there is none. */
  isEmpty(): boolean;
}

export interface Spending {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly tokens: number;
}

/**
 * Counts in minutes, so that its size does not grow with what is spent.
 *
 * @param limit tokens a day; 0 for no limit
 * @param now milliseconds since 1970
 */
export function purseOf(limit: () => number, now: () => number = Date.now): Purse {
  const own = new Map<number, number>();
  const others = new Map<number, number>();
  const put = (minutes: Map<number, number>, { time, tokens }: Spending): void => {
    const minute = Math.floor(time / MINUTE);
    minutes.set(minute, (minutes.get(minute) ?? 0) + tokens);
  };
  const sumOf = (minutes: Map<number, number>): number => {
    const oldest = Math.floor((now() - DAY) / MINUTE);
    let sum = 0;
    for (const [minute, tokens] of minutes) {
      if (minute < oldest) minutes.delete(minute);
      else sum += tokens;
    }
    return sum;
  };
  const spent = (): number => sumOf(own) + sumOf(others);
  return {
    spend: (time, tokens) => put(own, { time, tokens }),
    setOthers: (spendings) => {
      others.clear();
      for (const spending of spendings) put(others, spending);
    },
    spent,
    isEmpty: () => limit() > 0 && spent() >= limit(),
  };
}
