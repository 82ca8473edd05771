/** A list that grows while a test runs, and can be waited for. */
export interface Arrivals<T> {
  readonly all: readonly T[];
  add(value: T): void;
  /** The nth to arrive, counted from 1; waits until it is there. */
  nth(n: number): Promise<T>;
}

export function arrivals<T>(): Arrivals<T> {
  const all: T[] = [];
  const waiting = new Map<number, ((value: T) => void)[]>();
  return {
    all,
    add(value) {
      const n = all.push(value);
      waiting.get(n)?.forEach((resolve) => resolve(value));
      waiting.delete(n);
    },
    nth(n) {
      const value = all[n - 1];
      if (value !== undefined) return Promise.resolve(value);
      return new Promise((resolve) => waiting.set(n, [...(waiting.get(n) ?? []), resolve]));
    },
  };
}
