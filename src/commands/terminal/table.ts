import { printable } from "../../reports/printable.js";

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand right, names left (the default). */
  readonly align?: "right";
}

/** A column of numbers. */
export function right(title: string) {
  return { title, align: "right" } as const;
}

/**
 * Rows under their titles, columns as wide as what is in them. Names in cells come from files and requests: what would
 * steer the terminal is replaced.
 */
export function table(columns: readonly Column[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(printable));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join("\n");
}
