import { columnOf, resultOf, rowOf, SIZE, type Cage } from "./cage.js";

/** The digits of a cage's cells, in their order. */
type Filling = readonly number[];

/**
 * Solves a grid.
 *
 * @param most stops after so many solutions: 2 are enough to know that it is not unique
 * @returns the solutions, each 36 digits row by row
 */
export function solutionsOf(cages: readonly Cage[], most: number): number[][] {
  const grid = new Array<number>(SIZE * SIZE).fill(0);
  // A bit for each digit that a row or column has used.
  const [rows, columns] = [new Array<number>(SIZE).fill(0), new Array<number>(SIZE).fill(0)];
  const found: number[][] = [];

  const fits = (cage: Cage, filling: Filling): boolean =>
    cage.cells.every((cell, i) => {
      const bit = 1 << (filling[i] ?? 0);
      return (((rows[rowOf(cell)] ?? 0) | (columns[columnOf(cell)] ?? 0)) & bit) === 0;
    });
  const toggle = (cage: Cage, filling: Filling): void =>
    cage.cells.forEach((cell, i) => {
      const digit = filling[i] ?? 0;
      grid[cell] = digit;
      rows[rowOf(cell)] = (rows[rowOf(cell)] ?? 0) ^ (1 << digit);
      columns[columnOf(cell)] = (columns[columnOf(cell)] ?? 0) ^ (1 << digit);
    });

  const search = (open: readonly { cage: Cage; fillings: readonly Filling[] }[]): void => {
    if (open.length === 0) {
      found.push([...grid]);
      return;
    }
    const left = open.map(({ cage, fillings }) => ({
      cage,
      fillings: fillings.filter((f) => fits(cage, f)),
    }));
    const next = left.reduce((best, each) => (each.fillings.length < best.fillings.length ? each : best));
    const others = left.filter((each) => each !== next);
    for (const filling of next.fillings) {
      toggle(next.cage, filling);
      search(others);
      toggle(next.cage, filling);
      if (found.length >= most) return;
    }
  };
  search(cages.map((cage) => ({ cage, fillings: fillingsOf(cage) })));
  return found;
}

/** All digits that give the cage's target, no row or column holding one twice. */
function fillingsOf({ cells, operation, target }: Cage): Filling[] {
  const begun = cells.reduce<number[][]>(
    (fillings, cell) =>
      fillings.flatMap((filling) =>
        Array.from({ length: SIZE }, (_, i) => i + 1)
          .filter((digit) => filling.every((other, i) => other !== digit || !sees(cells[i] ?? 0, cell)))
          .map((digit) => [...filling, digit]),
      ),
    [[]],
  );
  return begun.filter((filling) => resultOf(operation, filling) === target);
}

function sees(one: number, other: number): boolean {
  return rowOf(one) === rowOf(other) || columnOf(one) === columnOf(other);
}
