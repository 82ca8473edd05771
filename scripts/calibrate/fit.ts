/** A straight line through points, `y = base + slope * x`. */
export interface Fit {
  readonly base: number;
  readonly slope: number;
  /** How much of the spread the line explains, 0 to 1. */
  readonly r2: number;
  /** The standard deviation of the points around the line, in units of y. */
  readonly residual: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Fewer points than that tell nothing. */
const ENOUGH = 5;

/** The line of least squares. @returns `undefined` of too few points, or of points above each other */
export function fitOf(points: readonly Point[]): Fit | undefined {
  const n = points.length;
  if (n < ENOUGH) return undefined;
  const mean = { x: sum(points.map(({ x }) => x)) / n, y: sum(points.map(({ y }) => y)) / n };
  const xx = sum(points.map(({ x }) => (x - mean.x) ** 2));
  const xy = sum(points.map(({ x, y }) => (x - mean.x) * (y - mean.y)));
  const yy = sum(points.map(({ y }) => (y - mean.y) ** 2));
  if (xx === 0) return undefined;
  const slope = xy / xx;
  const base = mean.y - slope * mean.x;
  const left = sum(points.map(({ x, y }) => (y - base - slope * x) ** 2));
  return { base, slope, r2: yy === 0 ? 1 : 1 - left / yy, residual: Math.sqrt(left / (n - 2)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
