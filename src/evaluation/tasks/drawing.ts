import { gradeBy, wholeNumber } from "../answer.js";
import { promptOf } from "../prompt.js";
import { seededRandom } from "../random.js";
import type { Difficulty, Task } from "../task.js";

/** What lies in the bag, and what one wants to be sure of. */
export interface Bag {
  /** How many there are of each colour (rows) in each shape (columns). */
  readonly counts: readonly (readonly number[])[];
  /** So many colours must be complete: */
  readonly colours: number;
  /** a complete colour is there in so many shapes at least, */
  readonly shapes: number;
  /** of each of which one holds so many at least. */
  readonly each: number;
}

/** Worst-case drawing: how many must one draw blindly to be sure of pairs in several colours and shapes? */
export const drawing: Task = {
  name: "drawing",
  generate(seed, difficulty) {
    const bag = bagOf(seed, difficulty);
    return { prompt: promptOf(words(bag), "the number, in digits,"), answer: String(drawsNeeded(bag)) };
  },
  grade: (text, { answer }) => gradeBy(text, answer, wholeNumber),
};

/**
 * The fewest draws that make it certain: one more than the most that one can hold in vain. In the worst case all but
 * `colours - 1` colours stay incomplete, each at its fullest, and those which are complete are there to the last one.
 */
export function drawsNeeded({ counts, colours, shapes, each }: Bag): number {
  const inVain = counts.map((row) => mostIncomplete(row, shapes, each));
  const gains = counts.map((row, i) => sum(row) - (inVain[i] ?? 0)).sort((a, b) => b - a);
  return sum(inVain) + sum(gains.slice(0, colours - 1)) + 1;
}

/** The most of one colour that do not make it complete: `shapes - 1` shapes in full, of the others not enough. */
function mostIncomplete(row: readonly number[], shapes: number, each: number): number {
  const few = row.map((count) => Math.min(count, each - 1));
  const more = row.map((count, i) => count - (few[i] ?? 0)).sort((a, b) => b - a);
  return sum(few) + sum(more.slice(0, shapes - 1));
}

const COLOURS = ["red", "blue", "green", "yellow", "white", "black", "purple", "orange"];
const SHAPES = ["round", "square", "star-shaped", "triangular", "oval", "heart-shaped"];

/** A bag in which what is wanted can be had. */
export function bagOf(seed: number, difficulty: Difficulty): Bag {
  const random = seededRandom("drawing", seed, difficulty);
  const [colours, shapes] = [difficulty + 2, Math.min(6, difficulty + 1 + random.int(0, 1))];
  return {
    counts: Array.from({ length: colours }, () =>
      Array.from({ length: shapes }, () => random.int(difficulty === 1 ? 2 : 1, 6 + 2 * difficulty)),
    ).map((row, i) => (i < colours - 1 ? withEnough(row, 2 + Math.floor(difficulty / 3)) : row)),
    colours: random.int(2, colours - 1),
    shapes: random.int(2, Math.max(2, shapes - 1)),
    each: random.int(difficulty === 1 ? 1 : 2, 2 + Math.floor(difficulty / 3)),
  };
}

function withEnough(row: readonly number[], least: number): number[] {
  return row.map((count) => Math.max(count, least));
}

function words({ counts, colours, shapes, each }: Bag): string[] {
  const names = SHAPES.slice(0, counts[0]?.length);
  const table = counts.map(
    (row, i) => `- ${COLOURS[i]}: ${row.map((count, j) => `${count} ${names[j]}`).join(", ")}`,
  );
  const times = each === 1 ? "one" : `${each}`;
  return [
    "A bag holds candies of several colours and shapes:",
    table.join("\n"),
    `You draw candies one after the other without looking, and can tell neither colour nor shape before you have drawn the last one. A colour counts as complete when, among the candies you have drawn, there are at least ${shapes} different shapes of that colour of each of which you hold at least ${times}.`,
    `What is the smallest number of candies you must draw to be certain that at least ${colours} colours are complete?`,
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
