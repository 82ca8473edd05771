import { asObject } from "../protocol/event.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions, type Nudge } from "../protocol/foldOptions.js";
import type { OperatorContext } from "./customOperators.js";
import { inBrief } from "./failureWords.js";

/**
 * The options with users' own functions made safe for one turn: one that throws, or gives what it must not, has no say,
 * and is logged once. A nudge is asked for once a round, for every later continuation has to say the same.
 *
 * @returns the very options where they hold no functions
 */
export function userFunctions(options: FoldOptions, log: OperatorContext["log"] = () => {}): FoldOptions {
  const { continueWhen, nudge } = options;
  if (!continueWhen && typeof nudge === "string") return options;
  const failed = new Set<string>();
  const nudges = new Map<number, ReturnType<Nudge>>();
  const attempt = <T>(name: string, step: () => T, otherwise: T): T => {
    try {
      return step();
    } catch (error) {
      if (!failed.has(name))
        log("warn", `the option ${name} failed (${inBrief(error)}); the turn goes on without it`);
      failed.add(name);
      return otherwise;
    }
  };
  return {
    ...options,
    continueWhen:
      continueWhen && ((round) => attempt("continueWhen", () => verdictOf(continueWhen(round)), false)),
    nudge:
      typeof nudge === "string"
        ? nudge
        : (next) => {
            const said =
              nudges.get(next.round) ??
              attempt("nudge", () => textOrItem(nudge(next)), DEFAULT_FOLD_OPTIONS.nudge as string);
            nudges.set(next.round, said);
            return said;
          },
  };
}

/** A promise is truthy, and would continue every round. A function that ends without `return` says no. */
function verdictOf(given: boolean | string | undefined): boolean | string {
  if (given === undefined) return false;
  if (typeof given === "boolean" || typeof given === "string") return given;
  throw new TypeError("neither a boolean nor a text");
}

function textOrItem<T>(given: T): T {
  const item = asObject(given);
  if (typeof given === "string" || (item && !("then" in item))) return given;
  throw new TypeError("neither a text nor an item");
}
