import { wrapAnsi } from "fast-wrap-ansi";
import type { Output } from "../command.js";

/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;
/** What a file or a pipe gets. */
const UNKNOWN_WIDTH = 80;
const NARROWEST = 40;

/** How many columns to write into. */
export function widthOf(output: Output): number {
  return Math.max(NARROWEST, Math.min(output.columns ?? UNKNOWN_WIDTH, WIDEST));
}

/** Breaks a paragraph between words, by the columns that they take; every line starts with `indent` spaces. */
export function wrap(text: string, width: number, indent = 0): string {
  const lines = wrapAnsi(text.trim().replace(/\s+/g, " "), width - indent);
  return lines.replace(/^/gm, " ".repeat(indent));
}

/** Two columns: names on the left, wrapped explanations on the right. */
export function definitions(entries: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(30, Math.max(...entries.map(([name]) => name.length)) + 2);
  return entries
    .map(([name, text]) => {
      const right = wrap(text, width, left + 2);
      // A name too long for its column stands on a line of its own.
      return name.length + 2 > left ? `  ${name}\n${right}` : `  ${name.padEnd(left)}${right.trimStart()}`;
    })
    .join("\n");
}

/** Every line two columns further in. */
export function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
