/** Values of a metric's labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/** One line of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram's lines. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
}

/** Numbers by labels, kept until somebody asks. As large as the sets of the labels' values. */
export interface Tally {
  /** A counter adds the number; a histogram notes it. */
  add(labels: Labels, value: number): void;
  samples(): Sample[];
}

export function counter(): Tally {
  const sums = byLabels(() => ({ sum: 0 }));
  return {
    add: (labels, value) => void (sums.of(labels).sum += value),
    samples: () => sums.all().map(([labels, { sum }]) => ({ labels, value: sum })),
  };
}

/** @param buckets their upper bounds, ascending; one without a bound comes on top */
export function histogram(buckets: readonly number[]): Tally {
  const bounds = [...buckets, Infinity];
  const series = byLabels(() => ({ counts: bounds.map(() => 0), sum: 0 }));
  return {
    add: (labels, value) => {
      const of = series.of(labels);
      const index = bounds.findIndex((bound) => value <= bound);
      of.counts[index] = (of.counts[index] ?? 0) + 1;
      of.sum += value;
    },
    samples: () =>
      series.all().flatMap(([labels, { counts, sum }]) => {
        let count = 0;
        const lines = bounds.map((bound, i): Sample => {
          const le = bound === Infinity ? "+Inf" : String(bound);
          return { labels: { ...labels, le }, value: (count += counts[i] ?? 0), suffix: "_bucket" };
        });
        return [...lines, { labels, value: sum, suffix: "_sum" }, { labels, value: count, suffix: "_count" }];
      }),
  };
}

function byLabels<T>(make: () => T) {
  const entries = new Map<string, [Labels, T]>();
  return {
    of: (labels: Labels): T => {
      const key = JSON.stringify(labels);
      const known = entries.get(key);
      if (known) return known[1];
      const value = make();
      entries.set(key, [labels, value]);
      return value;
    },
    all: () => [...entries.values()],
  };
}
