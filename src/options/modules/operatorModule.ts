import { basename, resolve } from "node:path";
import type { CustomOperator } from "../../operators/customOperators.js";
import type { UserOperators } from "../../operators/userOperators.js";
import { UnusableModule, importModule } from "./importModule.js";

/**
 * Loads modules with operators (`--use`). The default export is a response operator; exports named `round` and
 * `response` are operators for those places. Each may be a list.
 *
 * @param paths relative to `cwd`
 * @param reading {@link importModule}
 * @throws {UnusableModule}
 */
export async function loadOperators(
  paths: readonly string[],
  cwd: string,
  reading = 0,
): Promise<Required<UserOperators>> {
  const modules = await Promise.all(paths.map((path) => loadModule(resolve(cwd, path), path, reading)));
  return joined(modules);
}

/** Operators of several origins, in order. */
export function joined(origins: readonly (UserOperators | undefined)[]): Required<UserOperators> {
  return {
    round: origins.flatMap((operators) => operators?.round ?? []),
    response: origins.flatMap((operators) => operators?.response ?? []),
  };
}

async function loadModule(path: string, name: string, reading: number): Promise<Required<UserOperators>> {
  const module = await importModule(path, name, reading);
  const of = (key: string): CustomOperator[] =>
    operatorsOf(module[key], path, `${name}: the export "${key}"`);
  const operators = { round: of("round"), response: [...of("default"), ...of("response")] };
  if (operators.round.length + operators.response.length === 0) {
    throw new UnusableModule(
      `${name} has no operator: it needs a default export, (context) => (events) => events, or exports named round or response`,
    );
  }
  return operators;
}

function operatorsOf(exported: unknown, path: string, what: string): CustomOperator[] {
  if (exported === undefined) return [];
  return [exported].flat().map((each: unknown) => {
    if (typeof each !== "function")
      throw new UnusableModule(`${what} must be a function, (context) => (events) => events`);
    return named(each as CustomOperator, path);
  });
}

/** An operator without a name of its own is called after its file in the log. */
function named(operator: CustomOperator, path: string): CustomOperator {
  if (operator.name !== "" && operator.name !== "default") return operator;
  const copy: CustomOperator = (context) => operator(context);
  return Object.defineProperty(copy, "name", { value: basename(path) });
}
