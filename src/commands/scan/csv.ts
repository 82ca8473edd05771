import { expectedByChance } from "./report.js";
import { sum, type Cell } from "./tally.js";

const COLUMNS = [
  "week",
  "model",
  "effort",
  "wired",
  "responses",
  "with_reasoning",
  "fingerprinted",
  "expected_by_chance",
];

/** One line for each week, model, effort and side of the wiring (RFC 4180, with `\n`). */
export function csvOf(cells: readonly Cell[]): string {
  const rows = cells
    .map((cell) =>
      [cell.week, cell.model, cell.effort, cell.wired ? "yes" : "no", ...numbers(cell)].map(field),
    )
    .map((row) => row.join(","))
    .sort();
  return [COLUMNS.join(","), ...rows].join("\n") + "\n";
}

function numbers(cell: Cell): string[] {
  const { responses, withReasoning, fingerprinted } = sum([cell]);
  return [responses, withReasoning, fingerprinted, expectedByChance(withReasoning).toFixed(2)].map(String);
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
