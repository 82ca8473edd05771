import { chartFrame, hint, label, line, plainNumber, type ChartText, type Room, type Tone } from "./frame.js";
import { element } from "./markup.js";
import { linear, ticks } from "./scale.js";

/** One bar: what it stands for and how long it is. */
export interface Bar {
  readonly label: string;
  /** 0 or more. */
  readonly value: number;
  /** What stands behind it. Default: the value. */
  readonly text?: string;
  readonly tone?: Tone;
  /** How sure the value is: drawn as whiskers. */
  readonly interval?: readonly [low: number, high: number];
}

export interface BarsOptions extends ChartText {
  readonly bars: readonly Bar[];
  /** The value of a bar as long as there is room. Default: the largest. */
  readonly most?: number;
  readonly number?: (value: number) => string;
  readonly width?: number;
}

const ROW = 28;

/** A row whose label stands above its bar. */
const TALL_ROW = 44;

/** So much of the width labels may take beside the bars. */
const MOST_LABEL = 0.4;

/**
 * Bars from left to right, one below the other, with whiskers where an interval is known.
 *
 * @returns an `svg` element as text
 */
export function bars(options: BarsOptions): string {
  const { bars, width = 720, number = plainNumber } = options;
  const textOf = (bar: Bar): string => bar.text ?? number(bar.value);
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(roughWidth));
  const beside = widest(bars.map(({ label }) => label)) + 12;
  const isAbove = beside > width * MOST_LABEL;
  const left = isAbove ? 2 : beside;
  const row = isAbove ? TALL_ROW : ROW;
  const room: Room = {
    left,
    right: Math.max(width - widest(bars.map(textOf)) - 12, left + 40),
    top: 4,
    bottom: bars.length * row + 4,
  };
  const most =
    options.most ?? Math.max(0, ...bars.flatMap(({ value, interval }) => [value, interval?.[1] ?? 0]));
  const x = linear([0, most > 0 ? most : 1], [room.left, room.right]);
  const rows = bars.flatMap((bar, index) => {
    const { value, tone = "plain", interval } = bar;
    const middle = room.top + (index + 1) * row - ROW / 2;
    const long = value > 0 ? Math.max(x(value) - room.left, 1.5) : 0;
    const size = { x: room.left, y: middle - 9, width: long, height: 18, rx: 3 };
    const end = Math.max(room.left + long, interval ? x(interval[1]) : 0);
    return [
      isAbove
        ? label(bar.label, room.left + 4, middle - 14, { anchor: "start" })
        : label(bar.label, room.left - 10, middle + 4, { anchor: "end" }),
      long > 0
        ? element("rect", { class: `chart-bar tone-${tone}`, ...size }, hint(`${bar.label}: ${textOf(bar)}`))
        : "",
      ...(interval ? whiskers(x(interval[0]), x(interval[1]), middle) : []),
      label(textOf(bar), end + 8, middle + 4, { anchor: "start", kind: "value" }),
    ];
  });
  const axis = line("axis", room.left, room.top, room.left, room.bottom);
  return chartFrame(options, { width, height: room.bottom + 4 }, [...rows, axis]);
}

function whiskers(low: number, high: number, y: number): string[] {
  return [
    line("whisker", low, y, high, y),
    line("whisker", low, y - 5, low, y + 5),
    line("whisker", high, y - 5, high, y + 5),
  ];
}

/** About how wide a text is at the charts' size; wide characters count double. */
function roughWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (character > "\u2e7f" ? 13 : 7.6), 4);
}

/** One column of {@link columns}: its parts stand on each other. */
export interface Column {
  readonly label: string;
  readonly parts: readonly { readonly value: number; readonly tone: Tone }[];
  /** What a pointer that rests on it is told. */
  readonly text: string;
}

export interface ColumnsOptions extends ChartText {
  readonly columns: readonly Column[];
  readonly yTitle: string;
  readonly number?: (value: number) => string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * Columns over time.
 *
 * @returns an `svg` element as text
 */
export function columns(options: ColumnsOptions): string {
  const { columns, yTitle, number = plainNumber, width = 720, height = 200 } = options;
  const sums = columns.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const steps = ticks(Math.max(0, ...sums));
  const room: Room = { left: 52, right: width - 12, top: 26, bottom: height - 26 };
  const y = linear([0, steps.at(-1) ?? 1], [room.bottom, room.top]);
  const step = (room.right - room.left) / Math.max(1, columns.length);
  const wide = Math.min(step * 0.7, 48);
  const labelEvery = Math.ceil((columns.length * 76) / (room.right - room.left));
  const drawn = columns.flatMap(({ label: name, parts, text }, index) => {
    const middle = room.left + (index + 0.5) * step;
    let base = 0;
    const stack = parts.map(({ value, tone }) => {
      const [bottom, top] = [y(base), y(base + value)];
      base += value;
      const size = { x: middle - wide / 2, y: top, width: wide, height: bottom - top, rx: 1.5 };
      return value > 0 ? element("rect", { class: `chart-bar tone-${tone}`, ...size }) : "";
    });
    return [
      element("g", {}, hint(text) + stack.join("")),
      index % labelEvery === 0 ? label(name, middle, height - 8) : "",
    ];
  });
  return chartFrame(options, { width, height }, [
    ...steps.map((at) => line("grid", room.left, y(at), room.right, y(at))),
    ...steps.map((at) => label(number(at), room.left - 8, y(at) + 4, { anchor: "end" })),
    ...drawn,
    line("axis", room.left, room.bottom, room.right, room.bottom),
    label(yTitle, room.left - 44, 12, { anchor: "start" }),
  ]);
}
