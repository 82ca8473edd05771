import { element, escaped } from "./markup.js";

/** What every chart says about itself. */
export interface ChartText {
  /** Unique in its document; letters, digits and `-`. */
  readonly id: string;
  /** What is shown, in a few words. */
  readonly title: string;
  /** What there is to see, in a sentence, for those who do not see it. */
  readonly description: string;
}

/** The room inside a chart for what it draws. */
export interface Room {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Wraps what a chart draws: it scales to the width it gets, and tells a screen reader what it shows. */
export function chartFrame(
  { id, title, description }: ChartText,
  { width, height }: { readonly width: number; readonly height: number },
  content: readonly string[],
): string {
  const said = [
    element("title", { id: `${id}-title` }, escaped(title)),
    element("desc", { id: `${id}-desc` }, escaped(description)),
  ];
  const attributes = {
    class: "chart",
    role: "img",
    viewBox: `0 0 ${width} ${height}`,
    "aria-labelledby": `${id}-title ${id}-desc`,
  };
  return element("svg", attributes, [...said, ...content].join(""));
}

/** Text at a place. @param anchor which end of the text stands there */
export function label(
  text: string,
  x: number,
  y: number,
  {
    anchor = "middle",
    kind = "label",
  }: { readonly anchor?: "start" | "middle" | "end"; readonly kind?: string } = {},
): string {
  return element("text", { class: `chart-${kind}`, x, y, "text-anchor": anchor }, escaped(text));
}

/** A line across. */
export function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return element("line", { class: `chart-${kind}`, x1, y1, x2, y2 });
}

/** What a pointer that rests on a mark is told. */
export function hint(text: string): string {
  return element("title", {}, escaped(text));
}

/** Which colour a mark has: by what it means, not by how it looks. */
export type Tone = "plain" | "accent" | "good" | "bad" | "muted";

/** `12,345`, for charts that are not told how their language writes numbers. */
export function plainNumber(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}
