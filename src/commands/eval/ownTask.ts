import { basename, extname, resolve } from "node:path";
import type { Grade, Puzzle, Task } from "../../evaluation/task.js";
import { UnusableModule, importModule } from "../../options/modules/importModule.js";

const GRADES: readonly unknown[] = ["right", "wrong", "missing"] satisfies Grade[];

/**
 * Loads a family of puzzles of the user's own: a module with `generate(seed)`, which gives an object with a `prompt`, and
 * `grade(text, puzzle)`, which gives a {@link Grade} or whether the reply is right. It is called after its file.
 *
 * @param path relative to `cwd`
 * @throws {UnusableModule}
 */
export async function loadTask(path: string, cwd: string): Promise<Task> {
  const module = await importModule(resolve(cwd, path), path);
  const own = typeof module["generate"] === "function" ? module : (module["default"] ?? module);
  const { generate, grade } = own as Partial<Record<"generate" | "grade", (...args: unknown[]) => unknown>>;
  if (typeof generate !== "function" || typeof grade !== "function")
    throw new UnusableModule(
      `${path} is no task: it needs the exports generate(seed) and grade(text, puzzle)`,
    );
  const task: Task = {
    name: basename(path, extname(path)),
    generate: (seed, difficulty) => {
      const puzzle = called(`${path}: generate(${seed})`, () => generate(seed, difficulty));
      if (typeof (puzzle as Puzzle | undefined)?.prompt !== "string")
        throw new UnusableModule(`${path}: generate(${seed}) gave no object with a prompt`);
      return puzzle as Puzzle;
    },
    grade: (text, puzzle) => {
      const grade_ = called(`${path}: grade()`, () => grade(text, puzzle));
      if (typeof grade_ === "boolean") return grade_ ? "right" : "wrong";
      if (GRADES.includes(grade_)) return grade_ as Grade;
      throw new UnusableModule(`${path}: grade() must give true, false, "right", "wrong" or "missing"`);
    },
  };
  return task;
}

/** What a user's function throws may quote a reply: of it only the name is told. */
function called(what: string, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    throw new UnusableModule(`${what} threw ${(error as Error | undefined)?.name ?? "something"}`);
  }
}
