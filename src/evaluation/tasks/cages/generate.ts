import { seededRandom, type Random } from "../../random.js";
import type { Difficulty } from "../../task.js";
import { columnOf, resultOf, rowOf, SIZE, type Cage, type Operation } from "./cage.js";
import { solutionsOf } from "./solve.js";

export interface Grid {
  readonly cages: readonly Cage[];
  /** 36 digits, row by row. */
  readonly solution: readonly number[];
}

/** A grid with one solution: where there are two, a cage in which they differ is cut until there are not. */
export function gridOf(seed: number, difficulty: Difficulty): Grid {
  const random = seededRandom("cages", seed, difficulty);
  const solution = latinSquare(random);
  let areas = areasOf(random, difficulty);
  for (;;) {
    const cages = areas.map((cells) => cageOf(cells, solution, random));
    const other = solutionsOf(cages, 2).find((grid) => grid.some((digit, cell) => digit !== solution[cell]));
    if (!other) return { cages, solution };
    // A cage of one cell holds what the solution has there, so that one which differs can be cut.
    const wrong = areas.findIndex((cells) => cells.some((cell) => other[cell] !== solution[cell]));
    areas = areas.flatMap((cells, i) => (i === wrong ? cut(cells) : [cells]));
  }
}

/** The square of a cyclic group, its rows, columns and digits mixed. */
function latinSquare(random: Random): number[] {
  const order = () => random.shuffled(Array.from({ length: SIZE }, (_, i) => i));
  const [rows, columns, digits] = [order(), order(), order()];
  return Array.from({ length: SIZE * SIZE }, (_, cell) => {
    const [row = 0, column = 0] = [rows[rowOf(cell)], columns[columnOf(cell)]];
    return (digits[(row + column) % SIZE] ?? 0) + 1;
  });
}

/** The grid cut into connected areas; the harder, the larger. */
function areasOf(random: Random, difficulty: Difficulty): number[][] {
  const free = new Set(random.shuffled(Array.from({ length: SIZE * SIZE }, (_, i) => i)));
  const areas: number[][] = [];
  for (const start of free) {
    const area = [start];
    free.delete(start);
    const size = random.int(difficulty < 3 ? 1 : 2, 2 + Math.ceil(difficulty / 2));
    while (area.length < size) {
      const near = [...new Set(area.flatMap(neighbours))].filter((cell) => free.has(cell));
      if (near.length === 0) break;
      const next = random.pick(near.sort((a, b) => a - b));
      area.push(next);
      free.delete(next);
    }
    areas.push(area.sort((a, b) => a - b));
  }
  return areas.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

function cageOf(cells: readonly number[], solution: readonly number[], random: Random): Cage {
  const digits = cells.map((cell) => solution[cell] ?? 0);
  const operations: Operation[] =
    digits.length === 1 ? ["="] : digits.length === 2 ? ["+", "-", "x", "/"] : ["+", "x"];
  const possible = operations.filter((operation) => resultOf(operation, digits) !== undefined);
  const operation = random.pick(possible);
  return { cells, operation, target: resultOf(operation, digits) ?? 0 };
}

/** An area in connected parts: its first cell, and what then still hangs together. */
function cut(cells: readonly number[]): number[][] {
  const [first = 0, ...rest] = cells;
  const parts = [[first]];
  const left = new Set(rest);
  for (const start of rest) {
    if (!left.delete(start)) continue;
    const part = [start];
    for (const cell of part) for (const near of neighbours(cell)) if (left.delete(near)) part.push(near);
    parts.push(part.sort((a, b) => a - b));
  }
  return parts;
}

export function neighbours(cell: number): number[] {
  const [row, column] = [rowOf(cell), columnOf(cell)];
  return [
    ...(row > 0 ? [cell - SIZE] : []),
    ...(row < SIZE - 1 ? [cell + SIZE] : []),
    ...(column > 0 ? [cell - 1] : []),
    ...(column < SIZE - 1 ? [cell + 1] : []),
  ];
}
