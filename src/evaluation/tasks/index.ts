import type { Task } from "../task.js";
import { cages } from "./cages/cages.js";
import { drawing } from "./drawing.js";
import { knights } from "./knights.js";
import { tracing } from "./tracing.js";

/** All families of puzzles, in the order in which pairs take them. */
export const TASKS: readonly Task[] = [drawing, cages, knights, tracing];
