import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { columnOf, resultOf, rowOf } from "../../../src/evaluation/tasks/cages/cage.js";
import { gridOf, neighbours } from "../../../src/evaluation/tasks/cages/generate.js";
import { solutionsOf } from "../../../src/evaluation/tasks/cages/solve.js";
import { bagOf, drawsNeeded, type Bag } from "../../../src/evaluation/tasks/drawing.js";
import { TASKS } from "../../../src/evaluation/tasks/index.js";
import { islandOf, waysOf } from "../../../src/evaluation/tasks/knights.js";
import { programOf } from "../../../src/evaluation/tasks/tracing.js";
import type { Difficulty } from "../../../src/evaluation/task.js";

const LEVELS: readonly Difficulty[] = [1, 2, 3, 4, 5];
const SEEDS = [1, 2, 3, 4, 5, 6];
const cases = LEVELS.flatMap((difficulty) => SEEDS.map((seed) => ({ seed, difficulty })));

describe.each(TASKS)("$name", (task) => {
  test("is the same puzzle for the same seed, and another one for another", () => {
    const made = SEEDS.map((seed) => task.generate(seed, 3));
    expect(SEEDS.map((seed) => task.generate(seed, 3))).toEqual(made);
    expect(new Set(made.map(({ prompt }) => prompt)).size).toBe(SEEDS.length);
  });

  test("asks for an answer line, forbids tools, and does not tell the answer", () => {
    const { prompt, answer } = task.generate(1, 3);
    expect(prompt).toMatch(/Do not use any tool/);
    expect(prompt.trimEnd().endsWith("ANSWER: ...")).toBe(true);
    expect(prompt).not.toContain(`ANSWER: ${answer}`);
  });

  test("takes its own answer for right, at every difficulty", () => {
    for (const { seed, difficulty } of cases) {
      const puzzle = task.generate(seed, difficulty);
      expect(task.grade(`So be it.\nANSWER: ${puzzle.answer}`, puzzle)).toBe("right");
    }
  });
});

describe("drawing", () => {
  /** The most candies that one can hold in vain, by trying everything. */
  function mostInVain({ counts, colours, shapes, each }: Bag): number {
    const holdings = (row: readonly number[]): number[][] =>
      row.reduce<number[][]>(
        (all, count) => all.flatMap((held) => Array.from({ length: count + 1 }, (_, n) => [...held, n])),
        [[]],
      );
    const sums = counts.map((row) => {
      const best = { complete: -Infinity, incomplete: -Infinity };
      for (const held of holdings(row)) {
        const kind = held.filter((count) => count >= each).length >= shapes ? "complete" : "incomplete";
        best[kind] = Math.max(
          best[kind],
          held.reduce((a, b) => a + b, 0),
        );
      }
      return best;
    });
    let most = 0;
    for (let bits = 0; bits < 2 ** counts.length; bits++) {
      const complete = sums.map((_, i) => ((bits >> i) & 1) === 1);
      if (complete.filter(Boolean).length >= colours) continue;
      most = Math.max(
        most,
        sums.reduce((sum, best, i) => sum + (complete[i] ? best.complete : best.incomplete), 0),
      );
    }
    return most;
  }

  test("needs one more than what one can hold in vain, by trying everything", () => {
    for (const { seed, difficulty } of cases.filter(({ difficulty }) => difficulty <= 2)) {
      const bag = bagOf(seed, difficulty);
      expect(drawsNeeded(bag)).toBe(mostInVain(bag) + 1);
    }
    const odd: Bag = { counts: [[1, 1, 4], [2, 5, 3], [4, 4, 4]], colours: 2, shapes: 2, each: 2 }; // oxfmt-ignore
    expect(drawsNeeded(odd)).toBe(mostInVain(odd) + 1);
  });

  test("can be had: there are enough colours that can be complete", () => {
    for (const { seed, difficulty } of cases) {
      const { counts, colours, shapes, each } = bagOf(seed, difficulty);
      const possible = counts.filter((row) => row.filter((count) => count >= each).length >= shapes);
      expect(possible.length).toBeGreaterThanOrEqual(colours);
      expect(drawsNeeded(bagOf(seed, difficulty))).toBeLessThanOrEqual(
        counts.flat().reduce((sum, count) => sum + count, 0),
      );
    }
  });
});

describe("cages", () => {
  test("have one solution, the one that is given", () => {
    for (const { seed, difficulty } of cases) {
      const { cages, solution } = gridOf(seed, difficulty);
      expect(solutionsOf(cages, 2)).toEqual([solution]);
      expect(cages.flatMap(({ cells }) => cells).sort((a, b) => a - b)).toEqual(solution.map((_, i) => i));
    }
  });

  test("hold what they say, and hang together", () => {
    for (const { seed, difficulty } of cases) {
      const { cages, solution } = gridOf(seed, difficulty);
      for (const { cells, operation, target } of cages) {
        expect(resultOf(operation, cells.map((cell) => solution[cell] ?? 0))).toBe(target); // oxfmt-ignore
        const reached = new Set(cells.slice(0, 1));
        for (const cell of reached)
          for (const near of neighbours(cell)) if (cells.includes(near)) reached.add(near);
        expect(reached.size).toBe(cells.length);
      }
    }
  });

  test("lie in a square whose rows and columns hold every digit once", () => {
    const { solution } = gridOf(1, 3);
    for (const lineOf of [rowOf, columnOf])
      for (let line = 0; line < 6; line++)
        expect(new Set(solution.filter((_, cell) => lineOf(cell) === line)).size).toBe(6);
  });

  test("that leave it open have several solutions", () => {
    const open = Array.from({ length: 6 }, (_, row) => ({
      cells: Array.from({ length: 6 }, (_, column) => 6 * row + column),
      operation: "+" as const,
      target: 21,
    }));
    expect(solutionsOf(open, 2)).toHaveLength(2);
  });
});

describe("knights", () => {
  test("can be in one way only", () => {
    for (const { seed, difficulty } of cases) {
      const { names, statements, truth } = islandOf(seed, difficulty);
      expect(waysOf(names.length, statements)).toEqual([truth]);
      expect(new Set(statements.map(({ speaker }) => speaker)).size).toBe(names.length);
    }
  });

  test("say in words what they mean", () => {
    const meaning = new Map<RegExp, (way: readonly boolean[], at: (name: string) => boolean, m: string[]) => boolean>([
      [/^Exactly one of (\w+) and (\w+) is a knight\.$/, (_, at, [a = "", b = ""]) => at(a) !== at(b)],
      [/^(\w+) and (\w+) are of the same kind\.$/, (_, at, [a = "", b = ""]) => at(a) === at(b)],
      [/^If (\w+) is a knight, then (\w+) is a knave\.$/, (_, at, [a = "", b = ""]) => !at(a) || !at(b)],
      [/^(\w+) is a knave, or (\w+) is a knight, or both\.$/, (_, at, [a = "", b = ""]) => !at(a) || at(b)],
      [/^Of (\w+), (\w+) and (\w+), exactly two are knights\.$/, (_, at, who) => who.filter(at).length === 2],
      [/^Of (\w+), (\w+) and (\w+), an odd number are knaves\.$/, (_, at, who) => who.filter((name) => !at(name)).length % 2 === 1],
      [/^At least (\d+) of us are knights\.$/, (way, _, [n]) => way.filter(Boolean).length >= Number(n)],
    ]); // oxfmt-ignore
    const seen = new Set<RegExp>();
    for (const seed of SEEDS) {
      const { names, statements } = islandOf(seed, 2);
      for (let bits = 0; bits < 2 ** names.length; bits++) {
        const way = names.map((_, i) => ((bits >> i) & 1) === 1);
        const at = (name: string): boolean => way[names.indexOf(name)] === true;
        const wrong = statements.filter(({ text, holds }) => {
          const [shape, means] = [...meaning].find(([shape]) => shape.test(text)) ?? [];
          if (!shape || !means) throw new Error(`no meaning for: ${text}`);
          seen.add(shape);
          return holds(way) !== means(way, at, shape.exec(text)?.slice(1) ?? []);
        });
        expect(wrong).toEqual([]);
      }
    }
    expect(seen.size).toBe(meaning.size);
  });
});

describe("tracing", () => {
  test("prints what JavaScript prints", () => {
    for (const { seed, difficulty } of cases) {
      const { text, printed } = programOf(seed, difficulty);
      const lines: unknown[] = [];
      runInNewContext(text, { console: { log: (value: unknown) => lines.push(value) } });
      expect(lines).toEqual([printed]);
    }
  });
});
