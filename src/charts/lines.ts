import { chartFrame, hint, label, line, plainNumber, type ChartText, type Room, type Tone } from "./frame.js";
import { element } from "./markup.js";
import { linear, ticks } from "./scale.js";

/** One line through points. */
export interface Series {
  readonly name: string;
  readonly tone: Tone;
  /** In order of their x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LinesOptions extends ChartText {
  readonly series: readonly Series[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** The largest y there is room for. Default: what occurs. */
  readonly most?: number;
  /** Writes a y. */
  readonly number?: (value: number) => string;
  /** Writes an x, below the first and the last. */
  readonly xNumber?: (value: number) => string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * Lines over a common axis, each named at its end.
 *
 * @returns an `svg` element as text
 */
export function lines(options: LinesOptions): string {
  const { series, xTitle, yTitle, number = plainNumber, xNumber = plainNumber } = options;
  const { width = 720, height = 220 } = options;
  const points = series.flatMap(({ points }) => points);
  const xs = points.map(([x]) => x);
  const steps = ticks(options.most ?? Math.max(0, ...points.map(([, y]) => y)));
  const named = Math.max(0, ...series.map(({ name }) => name.length * 7));
  const room: Room = {
    left: 52,
    right: width - Math.min(named, width * 0.3) - 18,
    top: 26,
    bottom: height - 40,
  };
  const [first, last] = points.length > 0 ? [Math.min(...xs), Math.max(...xs)] : [0, 1];
  const x = linear([first, last], [room.left, room.right]);
  const y = linear([0, steps.at(-1) ?? 1], [room.bottom, room.top]);
  const drawn = series.flatMap(({ name, tone, points }) => {
    const [endX = first, endY = 0] = points.at(-1) ?? [];
    const path = points.map(([px, py]) => `${round(x(px))},${round(y(py))}`).join(" ");
    const dots = points.map(([px, py]) => {
      const at = { cx: x(px), cy: y(py), r: 2.5 };
      return element(
        "circle",
        { class: `chart-dot tone-${tone}`, ...at },
        hint(`${name}: ${number(py)} (${xNumber(px)})`),
      );
    });
    return [
      element("polyline", { class: `chart-line tone-${tone}`, points: path }),
      ...dots,
      label(name, x(endX) + 8, y(endY) + 4, { anchor: "start", kind: "value" }),
    ];
  });
  return chartFrame(options, { width, height }, [
    ...steps.map((at) => line("grid", room.left, y(at), room.right, y(at))),
    ...steps.map((at) => label(number(at), room.left - 8, y(at) + 4, { anchor: "end" })),
    ...drawn,
    line("axis", room.left, room.bottom, room.right, room.bottom),
    label(xNumber(first), room.left, room.bottom + 18, { anchor: "start" }),
    ...(last > first ? [label(xNumber(last), room.right, room.bottom + 18, { anchor: "end" })] : []),
    label(yTitle, room.left - 44, 12, { anchor: "start" }),
    label(xTitle, (room.left + room.right) / 2, height - 6),
  ]);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
