/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands behind the bar. */
  readonly text: string;
}

/**
 * Horizontal bars, the longest as wide as there is room. A value above zero is never drawn as nothing.
 *
 * @param width columns for a whole line
 * @param paint how the bar itself is coloured
 */
export function barChart(
  bars: readonly Bar[],
  width: number,
  paint: (bar: string, index: number) => string = (bar) => bar,
): string {
  const labels = Math.max(...bars.map(({ label }) => label.length));
  const texts = Math.max(...bars.map(({ text }) => text.length));
  const room = Math.max(5, width - labels - texts - 4);
  const most = Math.max(...bars.map(({ value }) => value));
  return bars
    .map(({ label, value, text }, index) => {
      const length = value > 0 ? Math.max(1, Math.round((value / most) * room)) : 0;
      const bar = length > 0 ? `${paint("█".repeat(length), index)} ` : "";
      return `  ${label.padStart(labels)} ${bar}${text}`;
    })
    .join("\n");
}
