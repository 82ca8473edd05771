/** The grid's side: rows and columns hold 1 to 6, each once. */
export const SIZE = 6;

export type Operation = "+" | "-" | "x" | "/" | "=";

/** Cells whose digits, combined, give the target. */
export interface Cage {
  /** Row by row: `6 * row + column`. */
  readonly cells: readonly number[];
  readonly operation: Operation;
  readonly target: number;
}

/** What digits give under an operation; `-` and `/` are of two digits, the larger first. */
export function resultOf(operation: Operation, digits: readonly number[]): number | undefined {
  const [most, least] = [Math.max(...digits), Math.min(...digits)];
  if (operation === "+") return digits.reduce((sum, digit) => sum + digit, 0);
  if (operation === "x") return digits.reduce((product, digit) => product * digit, 1);
  if (operation === "-") return most - least;
  if (operation === "/") return most % least === 0 ? most / least : undefined;
  return digits[0];
}

export const rowOf = (cell: number): number => Math.floor(cell / SIZE);
export const columnOf = (cell: number): number => cell % SIZE;
