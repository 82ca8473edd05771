import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { planOf, type Pair } from "../../evaluation/plan.js";
import type { World } from "../../evaluation/rehearsal/worlds.js";
import { TASKS } from "../../evaluation/tasks/index.js";
import type { Difficulty, Puzzle, Task } from "../../evaluation/task.js";
import { didYouMean } from "../../options/suggest.js";
import { UnusableModule } from "../../options/modules/importModule.js";
import { stateFolder } from "../../service/places.js";
import { asUsageError, UsageError, type Environment, type Invocation } from "../command.js";
import { codexHomeOf, configPathOf } from "../wire/codexHome.js";
import { parseConfig } from "../../codex/config/config.js";
import type { EvalFlags } from "./evalFlags.js";
import { loadTask } from "./ownTask.js";

/** A pair, with its puzzle made. */
export interface MadePair extends Pair {
  readonly puzzle: Puzzle;
}

/** An evaluation, as the command line describes it. */
export interface Setup {
  readonly plan: readonly MadePair[];
  /** The folder of the results, absolute. */
  readonly out: string;
  readonly rehearsal: World | undefined;
}

/** @throws UsageError for what cannot be evaluated */
export async function setupOf({ flags, sources, env }: Invocation<EvalFlags>): Promise<Setup> {
  if (sources.world === "flag" && !flags.rehearse)
    throw new UsageError("--world says what a rehearsal is like: it needs --rehearse");
  const tasks = await tasksOf(flags);
  const plan = planOf({
    models: flags.model === undefined ? [await usualModel(flags, env)] : listOf("--model", flags.model),
    efforts: flags.effort === undefined ? ["default"] : listOf("--effort", flags.effort),
    tasks,
    pairs: flags.pairs,
    seed: flags.seed,
    difficulty: flags.difficulty as Difficulty,
  });
  const usual = join(stateFolder(env), "eval", ...(flags.rehearse ? [`rehearsal-${flags.world}`] : []));
  return {
    plan: withPuzzles(plan),
    out: resolve(flags.out ?? usual),
    rehearsal: flags.rehearse ? flags.world : undefined,
  };
}

function withPuzzles(plan: readonly Pair[]): MadePair[] {
  try {
    return plan.map((pair) => ({ ...pair, puzzle: pair.task.generate(pair.seed, pair.difficulty) }));
  } catch (error) {
    throw asUsageError(error, UnusableModule);
  }
}

async function tasksOf({ tasks, task }: EvalFlags): Promise<Task[]> {
  const names = tasks === undefined ? [] : listOf("--tasks", tasks);
  const known = TASKS.map(({ name }) => name);
  const chosen = names.map((name) => {
    const found = TASKS.find((each) => each.name === name);
    if (!found)
      throw new UsageError(
        `--tasks: there is no "${name}", only ${known.join(", ")}${didYouMean(name, known)}`,
      );
    return found;
  });
  const own = await Promise.all(task.map((path) => loadTask(path, process.cwd()))).catch((error: unknown) => {
    throw asUsageError(error, UnusableModule);
  });
  const all = names.length + own.length === 0 ? TASKS : [...chosen, ...own];
  const double = all.find(({ name }, i) => all.findIndex((other) => other.name === name) !== i);
  if (double)
    throw new UsageError(`there are two tasks called ${double.name}: results could not be told apart`);
  return [...all];
}

function listOf(flag: string, text: string): string[] {
  const list = [...new Set(text.split(",").map((word) => word.trim()))].filter((word) => word !== "");
  if (list.length === 0) throw new UsageError(`${flag} names nothing`);
  const strange = list.find((word) => !/^[\w.:/@-]+$/.test(word));
  if (strange !== undefined) throw new UsageError(`${flag}: "${strange}" is no name`);
  return list;
}

/** The model that Codex would take. */
async function usualModel({ rehearse, codexHome }: EvalFlags, env: Environment): Promise<string> {
  if (rehearse) return "gpt-5.5";
  const path = configPathOf(codexHomeOf(codexHome, env));
  const { model } = await readFile(path, "utf8")
    .then(parseConfig)
    .catch(() => ({ model: undefined }));
  if (typeof model === "string" && model !== "") return listOf(path, model)[0] ?? model;
  throw new UsageError(`say which model to evaluate, for ${path} names none: --model gpt-5.5`);
}
