import type { Spending } from "../../reports/purse.js";
import type { ProxyServer } from "../../transport/proxy.js";
import { readJournal } from "../../journal/reader.js";

/** Milliseconds between two looks at what other processes have spent. */
const EVERY = 60_000;
const DAY = 24 * 60 * 60 * 1000;

/** What is needed to count continuations over restarts and over processes. */
export interface SpendingOptions {
  readonly proxy: Pick<ProxyServer, "purse" | "turns$" | "health">;
  /** Of the journal. */
  readonly folder: string;
  /** Default: a minute. */
  readonly everyMs?: number;
}

/**
 * Keeps a proxy's purse in step with the journal: what this one spent before it was restarted, and what others spend
 * beside it. The journal is read only while there is a limit.
 *
 * @returns resolves once the journal was read, with what ends it
 */
export async function followSpending(options: SpendingOptions): Promise<() => void> {
  const { proxy, folder, everyMs = EVERY } = options;
  // What this process spends the purse knows by itself, and sooner.
  const own = new Set<string>();
  const turns = proxy.turns$.subscribe(({ time, id, rounds }) => {
    if (rounds.length > 1) own.add(nameOf(time, id));
  });
  const read = async (): Promise<void> => {
    if (proxy.health().extraTokens === undefined) return;
    const since = Date.now() - DAY;
    for (const name of own) if (Date.parse(name.split(" ", 1)[0] ?? "") < since) own.delete(name);
    const others: Spending[] = [];
    for await (const { time, id, rounds } of readJournal(folder, since)) {
      const tokens = rounds.slice(1).reduce((sum, { usage }) => sum + (usage?.total ?? 0), 0);
      if (tokens > 0 && !own.has(nameOf(time, id))) others.push({ time: Date.parse(time), tokens });
    }
    proxy.purse.setOthers(others);
  };
  // A journal that cannot be read counts for nothing; what cannot be written is said elsewhere.
  const attempt = (): Promise<void> => read().catch(() => {});
  let timer: NodeJS.Timeout;
  const again = (): void => {
    timer = setTimeout(() => void attempt().then(again), everyMs).unref();
  };
  await attempt();
  again();
  return () => {
    clearTimeout(timer);
    turns.unsubscribe();
  };
}

function nameOf(time: string, id: string): string {
  return `${time} ${id}`;
}
