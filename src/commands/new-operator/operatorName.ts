import { Script } from "node:vm";
import { UsageError } from "../command.js";

/**
 * The function's name for what somebody calls an operator: `plain-dashes` is `plainDashes`.
 *
 * @param taken what must not be named the same
 * @throws UsageError for what no name can be made of
 */
export function operatorName(given: string, taken: string): string {
  if (!/^[a-z][a-z\d]*([-_]?[a-z\d]+)*$/i.test(given)) {
    throw new UsageError(
      `NAME must be letters, digits and hyphens, beginning with a letter, not ${JSON.stringify(given)}`,
    );
  }
  const name = given.replace(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
  return isFree(name) && !new RegExp(`\\b${name}\\b`).test(taken) ? name : `${name}Operator`;
}

/** True where the language does not have it for itself. */
function isFree(name: string): boolean {
  try {
    new Script(`"use strict"; let ${name};`);
    return name !== "await";
  } catch {
    return false;
  }
}
