/** What is compared: the upstream itself, the floor for any proxy, and ours. */
export type Way = "direct" | "floor" | "codexcomp";

/**
 * Measures every way in turn, and again, each time in another order, so that the machine's noise hits all alike.
 *
 * @returns all measurements of each way
 */
export async function interleave<W extends string, T>(
  ways: readonly W[],
  repetitions: number,
  measure: (way: W) => Promise<T>,
): Promise<Record<W, T[]>> {
  const measured = Object.fromEntries(ways.map((way) => [way, [] as T[]])) as Record<W, T[]>;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const way = ways[(turn + repetition) % ways.length] as W;
      measured[way].push(await measure(way));
    }
  }
  return measured;
}
