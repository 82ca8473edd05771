import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Script } from "node:vm";
import { UsageError } from "../command.js";
import { isInstalled, languageOf, runnerOf, type Language, type Runner } from "./choices.js";
import { endingOf, operatorText, testText } from "./templates.js";

export interface NewOperatorOptions {
  /** Relative to `cwd`. */
  readonly dir: string;
  readonly language: Language | undefined;
  readonly runner: Runner | undefined;
  readonly cwd: string;
}

/**
 * Writes an operator and its test.
 *
 * @returns what was written and how to go on, for people
 * @throws UsageError for a name that is none; `Error` where one of the files exists, and then writes nothing
 */
export async function writeOperator(given: string, options: NewOperatorOptions): Promise<string> {
  const folder = resolve(options.cwd, options.dir);
  const { language = languageOf(folder), runner = runnerOf(folder) } = options;
  const name = operatorName(given, operatorText("", language) + testText("", language, runner));
  const ending = endingOf(language);
  const module = join(folder, `${name}.${ending}`);
  const test = join(folder, `${name}.test.${ending}`);
  const [modulePath = module, testPath = test] = [module, test].map((path) => relative(options.cwd, path));
  for (const path of [modulePath, testPath]) {
    if (existsSync(resolve(options.cwd, path)))
      throw new Error(`${path} exists already: choose another name, or another folder with --dir`);
  }

  await mkdir(folder, { recursive: true });
  await writeFile(module, operatorText(name, language), { flag: "wx" });
  await writeFile(test, testText(name, language, runner), { flag: "wx" });

  const missing = ["codexcomp", "rxjs", ...(runner === "vitest" ? ["vitest"] : [])].filter(
    (each) => !isInstalled(each, folder),
  );
  return [
    `wrote ${modulePath} and ${testPath}`,
    ...(missing.length > 0 ? [`install first:  npm install --save-dev ${missing.join(" ")}`] : []),
    `test it:  ${runner === "vitest" ? "npx vitest run" : "node --test"} ${testPath}`,
    `use it:   npx codexcomp run --use ${modulePath}`,
    "",
  ].join("\n");
}

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
