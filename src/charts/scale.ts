/** Maps a value to a place in the picture. */
export type Scale = (value: number) => number;

/** Maps `from` to `to`, and what lies between and beyond in proportion. A domain without width maps to `to`'s begin. */
export function linear(
  [low, high]: readonly [number, number],
  [begin, end]: readonly [number, number],
): Scale {
  const width = high - low;
  return (value) => (width === 0 ? begin : begin + ((value - low) / width) * (end - begin));
}

/**
 * Round numbers for an axis, from 0 to the first that is not under `most`.
 *
 * @param most the largest value shown, 0 or more
 * @param about how many steps there should be
 */
export function ticks(most: number, about = 4): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
