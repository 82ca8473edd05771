/** The middle of some numbers, between the two middle ones of an even count; `NaN` of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** @param percent 0..100; what lies between two values is interpolated */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
