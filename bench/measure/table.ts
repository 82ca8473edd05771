/** One line of the result. */
export interface Row {
  readonly what: string;
  readonly direct?: string;
  readonly floor?: string;
  readonly codexcomp: string;
  /** How ours compares, in the goal's own terms. */
  readonly compared?: string;
  readonly goal?: string;
  /** Absent for rows without a goal. */
  readonly met?: boolean;
}

const WIDTHS = { what: 52, direct: 11, floor: 11, codexcomp: 11, compared: 10 };

/** The table's head. */
export function head(): string {
  return `${line("", "direct", "floor", "codexcomp", "")}  goal`;
}

/** A part's heading, saying what its floor is. */
export function heading(title: string): string {
  return `\n${title}`;
}

export function rowLine({
  what,
  direct = "",
  floor = "",
  codexcomp,
  compared = "",
  goal = "",
  met,
}: Row): string {
  const mark = met === undefined ? " " : met ? "✓" : "✗";
  return `${line(`  ${what}`, direct, floor, codexcomp, compared)} ${mark} ${goal}`.trimEnd();
}

function line(what: string, ...cells: [string, string, string, string]): string {
  const { direct, floor, codexcomp, compared } = WIDTHS;
  const right = [direct, floor, codexcomp, compared].map((width, i) => (cells[i] ?? "").padStart(width));
  return what.padEnd(WIDTHS.what) + right.join("");
}

export const milliseconds = (value: number): string =>
  `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
export const kilobytes = (value: number): string => `${(value / 1024).toFixed(0)} KB`;
export const megabytes = (value: number): string => `${(value / 1024 / 1024).toFixed(2)} MB`;
export const times = (value: number): string => `${value.toFixed(2)}x`;
export const percent = (value: number): string => `${value >= 0 ? "+" : ""}${(value * 100).toFixed(1)}%`;
export const difference = (value: number): string => `${value >= 0 ? "+" : ""}${value.toFixed(2)} ms`;
