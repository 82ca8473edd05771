import { setTimeout as sleep } from "node:timers/promises";

/** What of this process is counted: sockets, servers, timers. */
const COUNTED = /^(TCP|Pipe|TLS|Timeout|Zlib)/;

export interface Leaks {
  /** Waits until nothing is left of what came since. @returns what is left after all */
  left(): Promise<Record<string, number>>;
  /** Warnings of Node since, those of listeners that pile up among them. */
  readonly warnings: readonly string[];
}

/** Remembers what is open now, to tell what has been left open later. */
export function watchLeaks(): Leaks {
  const before = counted();
  const warnings: string[] = [];
  process.on("warning", ({ name, message }) => warnings.push(`${name}: ${message}`));
  const left = (): Record<string, number> => {
    const now = counted();
    const names = [...now.keys()].filter((name) => (now.get(name) ?? 0) > (before.get(name) ?? 0));
    return Object.fromEntries(names.map((name) => [name, (now.get(name) ?? 0) - (before.get(name) ?? 0)]));
  };
  return {
    warnings,
    async left() {
      // Closing takes a moment; a leak stays.
      const late = Date.now() + 10_000;
      while (Object.keys(left()).length > 0 && Date.now() < late) await sleep(50);
      return left();
    },
  };
}

function counted(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo())
    if (COUNTED.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
