import { chartFrame, hint, label, line, plainNumber, type ChartText, type Room } from "./frame.js";
import { element } from "./markup.js";
import { linear, ticks } from "./scale.js";

export interface HistogramOptions extends ChartText {
  /** How often each value occurred. */
  readonly counts: Iterable<readonly [value: number, count: number]>;
  /** Values that have a bar of their own and are marked, in order. */
  readonly marked: readonly number[];
  /** Values from here on are not drawn. Default: a little past the last marked value that occurred. */
  readonly end?: number;
  /** How many values go into one bar. Default 37: a fourteenth of the way from tier to tier. */
  readonly binWidth?: number;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Writes a number. */
  readonly number?: (value: number) => string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * A histogram in which some values stand by themselves: of reasoning tokens with the tiers 516, 1034, 1552, ... marked.
 *
 * A marked value is counted to the value, beside bars that hold many values each, and still stands out: that is the
 * point of the picture.
 *
 * @returns an `svg` element as text
 */
export function histogram(options: HistogramOptions): string {
  const { marked, xTitle, yTitle, width = 720, height = 260, binWidth = 37, number = plainNumber } = options;
  const counts = [...options.counts];
  const end = options.end ?? defaultEnd(counts, marked);
  const isMarked = new Set(marked);
  const bins = new Map<number, number>();
  const spikes = new Map<number, number>();
  for (const [value, count] of counts) {
    if (value < 0 || value >= end) continue;
    const [group, key] = isMarked.has(value)
      ? [spikes, value]
      : [bins, Math.floor(value / binWidth) * binWidth];
    group.set(key, (group.get(key) ?? 0) + count);
  }
  const most = Math.max(0, ...bins.values(), ...spikes.values());
  const steps = ticks(most);
  const room: Room = { left: 52, right: width - 12, top: 30, bottom: height - 44 };
  const x = linear([0, end], [room.left, room.right]);
  const y = linear([0, steps.at(-1) ?? 1], [room.bottom, room.top]);
  const upright = (from: number, to: number, count: number, kind: string, words: string): string => {
    // A value above zero is never drawn as nothing.
    const top = Math.min(y(count), room.bottom - 1.5);
    const size = { x: from, y: top, width: to - from, height: room.bottom - top, rx: 1.5 };
    return element("rect", { class: `chart-bar ${kind}`, ...size }, hint(words));
  };

  const grid = steps.map((step) => line("grid", room.left, y(step), room.right, y(step)));
  const scale = steps.map((step) => label(number(step), room.left - 8, y(step) + 4, { anchor: "end" }));
  const bars = [...bins].map(([from, count]) => {
    const words = `${number(from)}–${number(from + binWidth - 1)}: ${number(count)}`;
    return upright(x(from) + 0.5, Math.min(x(from + binWidth) - 0.5, room.right), count, "tone-plain", words);
  });
  const shown = marked.filter((value) => value < end);
  // Where there are many, only some of the names fit.
  const nameEvery = Math.ceil((shown.length * 44) / (room.right - room.left));
  const marks = shown.flatMap((value, index) => {
    const count = spikes.get(value) ?? 0;
    const named = index % nameEvery === 0;
    return [
      line("mark", x(value), room.top, x(value), room.bottom + 5),
      ...(count > 0
        ? [upright(x(value) - 3, x(value) + 3, count, "tone-bad", `${number(value)}: ${number(count)}`)]
        : []),
      ...(count > 0
        ? [label(number(count), x(value), Math.min(y(count), room.bottom) - 6, { kind: "value" })]
        : []),
      ...(named ? [label(number(value), x(value), room.bottom + 18, { kind: "tier" })] : []),
    ];
  });
  return chartFrame(options, { width, height }, [
    ...grid,
    ...scale,
    ...bars,
    ...marks,
    line("axis", room.left, room.bottom, room.right, room.bottom),
    label(yTitle, room.left - 44, 14, { anchor: "start" }),
    label(xTitle, room.right, height - 6, { anchor: "end" }),
  ]);
}

function defaultEnd(counts: readonly (readonly [number, number])[], marked: readonly number[]): number {
  const occurred = new Set(counts.filter(([, count]) => count > 0).map(([value]) => value));
  const last = marked.filter((value) => occurred.has(value)).at(-1) ?? marked[0] ?? 0;
  const [first = 500] = marked;
  return last + first * 0.6;
}
