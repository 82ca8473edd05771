import type { Style } from "../../src/commands/terminal/style.js";
import { isPlain, wasCut, type SizedResponse } from "./sized.js";

/** What is drawn: the surroundings of the first cut, bytes upwards, tokens to the right. */
const TOKENS = 600;
const BYTES = { from: 600, to: 3400, step: 200 };
const MARGIN = 7;

/**
 * Draws single items as points, with the limit: `.` finished, `x` cut. What lies outside of the picture is not drawn.
 *
 * @param width columns for a whole line
 */
export function plot(
  responses: readonly SizedResponse[],
  limit: number,
  width: number,
  style: Style,
): string {
  const columns = Math.max(20, width - MARGIN - 1);
  const rows = (BYTES.to - BYTES.from) / BYTES.step + 1;
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " "));
  grid[rowOf(limit)]?.fill("-");
  const points = responses.filter((response) => isPlain(response) && response.tokens < TOKENS);
  // cut ones last: they are not to be drawn over
  for (const point of points.toSorted((a, b) => Number(wasCut(a)) - Number(wasCut(b)))) {
    const row = grid[rowOf(point.thinking.bytes)];
    if (row) row[Math.floor((point.tokens / TOKENS) * columns)] = wasCut(point) ? "x" : ".";
  }
  const lines = grid.map((cells, row) => {
    const bytes = String(BYTES.from + row * BYTES.step).padStart(MARGIN - 2);
    return `${bytes} |${paint(cells.join("").trimEnd(), style)}`;
  });
  const marks = [0, 100, 200, 300, 400, 516].map(
    (tokens) => [Math.floor((tokens / TOKENS) * columns), tokens] as const,
  );
  const axis = marks.reduce((text, [column, tokens]) => text.padEnd(column) + String(tokens), "");
  return [
    `  bytes   . finished   ${style("red", "x")} cut   - the limit, ${limit} bytes`,
    ...lines.reverse(),
    `${" ".repeat(MARGIN - 1)}+${"-".repeat(columns)}`,
    `${" ".repeat(MARGIN)}${axis} reasoning tokens`,
  ].join("\n");
}

function rowOf(bytes: number): number {
  return Math.floor((bytes - BYTES.from) / BYTES.step);
}

function paint(cells: string, style: Style): string {
  return cells.replace(/x+|-{2,}/g, (run) => style(run.startsWith("x") ? "red" : "dim", run));
}
