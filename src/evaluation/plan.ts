import { seededRandom, seedOf } from "./random.js";
import type { Difficulty, Task } from "./task.js";

/** The control, whose cut rounds stay cut, and the treatment, whose are continued. */
export type Arm = "observe" | "fold";

export const ARMS = ["observe", "fold"] as const satisfies readonly Arm[];

/** What is compared within, never across. */
export interface Condition {
  readonly model: string;
  /** `default`: what Codex itself takes. */
  readonly effort: string;
}

/** A puzzle that is asked twice. */
export interface Pair {
  readonly condition: Condition;
  readonly task: Task;
  /** Of the puzzle. */
  readonly seed: number;
  readonly difficulty: Difficulty;
  /** Which arm is asked first. */
  readonly order: readonly [Arm, Arm];
}

export interface PlanOptions {
  readonly models: readonly string[];
  readonly efforts: readonly string[];
  readonly tasks: readonly Task[];
  /** Pairs for each condition. */
  readonly pairs: number;
  readonly seed: number;
  readonly difficulty: Difficulty;
}

/**
 * All pairs, condition by condition. The nth pair of a condition is the same however many there are, so that more pairs
 * can be added later; and its puzzle is the same in all conditions.
 */
export function planOf(options: PlanOptions): Pair[] {
  const { models, efforts, tasks, pairs, seed, difficulty } = options;
  const conditions = models.flatMap((model) => efforts.map((effort) => ({ model, effort })));
  return conditions.flatMap((condition) =>
    Array.from({ length: pairs }, (_, index) => {
      const { model, effort } = condition;
      const first = seededRandom("order", seed, index, model, effort).pick(ARMS);
      return {
        condition,
        task: tasks[index % tasks.length] as Task,
        seed: seedOf("puzzle", seed, index),
        difficulty,
        order: first === "fold" ? (["fold", "observe"] as const) : (["observe", "fold"] as const),
      };
    }),
  );
}

/** What tells one run from all others, in results and in file names. */
export interface RunName extends Condition {
  readonly task: string;
  readonly seed: number;
  readonly difficulty: Difficulty;
  readonly arm: Arm;
}

export function nameOf({ condition, task, seed, difficulty }: Pair, arm: Arm): RunName {
  return { ...condition, task: task.name, seed, difficulty, arm };
}

/** The same text for the same run. */
export function keyOf({ model, effort, task, seed, difficulty, arm }: RunName): string {
  return JSON.stringify([model, effort, task, seed, difficulty, arm]);
}
