/** A question with one right answer. */
export interface Puzzle {
  /** The whole prompt. */
  readonly prompt: string;
  /** The right answer, as the last line should give it; users' own puzzles may keep it otherwise. */
  readonly answer?: string;
}

/** How a reply was graded. `missing`: there is no answer line where it should be. */
export type Grade = "right" | "wrong" | "missing";

/** From easy (1) to hard (5). */
export type Difficulty = 1 | 2 | 3 | 4 | 5;

/** A family of puzzles. */
export interface Task {
  /** A short word, for tables and results. */
  readonly name: string;
  /** The same puzzle for the same seed and difficulty. @param seed a whole number, 0 or more */
  generate(seed: number, difficulty: Difficulty): Puzzle;
  /** @param text the whole reply */
  grade(text: string, puzzle: Puzzle): Grade;
}
