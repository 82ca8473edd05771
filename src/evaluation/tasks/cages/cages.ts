import { gradeBy, rowOfDigits } from "../../answer.js";
import { promptOf } from "../../prompt.js";
import type { Task } from "../../task.js";
import { columnOf, rowOf, SIZE, type Cage } from "./cage.js";
import { gridOf } from "./generate.js";

/** An arithmetic-cage grid, 6 by 6, with one solution. */
export const cages: Task = {
  name: "cages",
  generate(seed, difficulty) {
    const grid = gridOf(seed, difficulty);
    const rows = Array.from({ length: SIZE }, (_, row) =>
      grid.solution.slice(row * SIZE, (row + 1) * SIZE).join(""),
    );
    const form = "the whole grid, row by row from the top, 36 digits with a space between rows,";
    return { prompt: promptOf(words(grid.cages), form), answer: rows.join(" ") };
  },
  grade: (text, { answer }) => gradeBy(text, answer, rowOfDigits),
};

function words(list: readonly Cage[]): string[] {
  return [
    `Fill a ${SIZE}x${SIZE} grid with the digits 1 to ${SIZE} so that every row and every column holds each digit once. The grid is cut into cages. The digits of a cage, combined with its operation, give its target: + is their sum, x their product, - the larger minus the smaller, / the larger divided by the smaller; = is a single cell with that digit. A digit may stand twice in a cage if the cells share neither row nor column. There is exactly one solution.`,
    "The cages, with their cells as rRcC (row R from the top, column C from the left):",
    list.map((cage) => `- ${cage.cells.map(nameOf).join(" ")}: ${cage.target} ${cage.operation}`).join("\n"),
  ];
}

function nameOf(cell: number): string {
  return `r${rowOf(cell) + 1}c${columnOf(cell) + 1}`;
}
