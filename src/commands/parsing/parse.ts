import { didYouMean } from "../../options/suggest.js";
import {
  UsageError,
  type Command,
  type Environment,
  type Flag,
  type FlagTable,
  type FlagValue,
  type FlagValues,
  type Source,
} from "../command.js";
import type { Line } from "./line.js";
import { simpleLine } from "./simpleLine.js";
import { kebabCase, variableName, readValue } from "./values.js";

/** The command of a line that names none. */
export const DEFAULT_COMMAND = "run";

/** What the user asked for. */
export type Request =
  | { readonly kind: "version" }
  | { readonly kind: "help"; readonly command: Command | undefined }
  | ({ readonly kind: "run"; readonly command: Command; readonly args: readonly string[] } & Values);

interface Values {
  readonly flags: FlagValues<FlagTable>;
  readonly sources: Readonly<Record<string, Source>>;
}

/**
 * Reads a command line. Flags may stand before and after the command.
 *
 * @param argv without node and the script
 * @throws UsageError naming what was not understood, with the nearest thing that would have been
 */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  env: Environment,
): Promise<Request> {
  const { words, flags } = simpleLine(argv, commands) ?? (await import("./line.js")).readLine(argv, commands);
  const { help, version, ...given } = flags;
  const [word, ...args] = words;
  if (help) return { kind: "help", command: word === undefined ? undefined : find(word, commands) };
  if (version) return { kind: "version" };
  const command = find(word ?? DEFAULT_COMMAND, commands);
  const values = readFlags(command, given, env);
  checkArguments(command, args);
  return { kind: "run", command, args, ...values };
}

/** @throws UsageError when there is none of that name */
export function find(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.filter(({ hidden }) => !hidden).map((candidate) => candidate.name);
  throw new UsageError(
    `unknown command "${name}"${didYouMean(name, names)} ("codexcomp help" lists the commands)`,
  );
}

function readFlags(command: Command, given: Line["flags"], env: Environment): Values {
  const typed = new Map(Object.entries(given).flatMap(([key, value]) => meant(command, key, value)));
  const values: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};
  for (const [key, flag] of Object.entries(command.flags)) {
    const variable = env[variableName(key)];
    sources[key] = typed.has(key) ? "flag" : variable ? "environment" : "default";
    values[key] = typed.has(key)
      ? typed.get(key)
      : variable
        ? fromEnvironment(flag, variable, variableName(key))
        : defaultOf(flag);
  }
  // Each value was read as its own flag's type says, which the table's type no longer knows.
  return { flags: values as FlagValues<FlagTable>, sources };
}

/** A flag of the command and its value; nothing for a list that nobody put an entry in. */
function meant(command: Command, key: string, given: unknown): [string, unknown][] {
  const texts = [given].flat();
  if (texts.length === 0) return [];
  const denial = `no${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  // For meow `--no-journal` is a `journal` that is false, whatever the table calls it.
  if (given === false && command.flags[denial]) return [[denial, true]];
  const flag = Object.hasOwn(command.flags, key) ? command.flags[key] : undefined;
  if (flag?.type === "boolean" && typeof given === "boolean") return [[key, given]];
  if (!flag || !texts.every((text) => typeof text === "string")) {
    throw unknownFlag(given === false ? denial : key, command);
  }
  const values = texts.map((text) => readValue(flag, text, `--${kebabCase(key)}`));
  return [[key, flag.repeatable ? values : values[0]]];
}

function unknownFlag(key: string, command: Command): UsageError {
  const typed = key.length === 1 ? `-${key}` : `--${kebabCase(key)}`;
  const names = [...Object.keys(command.flags).map(kebabCase), "help", "version"].map((name) => `--${name}`);
  return new UsageError(
    `unknown flag ${typed}${didYouMean(typed, names)} ("codexcomp help ${command.name}" lists its flags)`,
  );
}

function fromEnvironment(flag: Flag, text: string, variable: string): FlagValue | readonly FlagValue[] {
  if (!flag.repeatable) return readValue(flag, text, variable);
  return text.split(",").map((entry) => readValue(flag, entry.trim(), variable));
}

function defaultOf(flag: Flag): FlagValue | readonly FlagValue[] | undefined {
  if (flag.repeatable) return [];
  return flag.default ?? (flag.type === "boolean" ? false : undefined);
}

function checkArguments(command: Command, given: readonly string[]): void {
  const wanted = command.args ?? [];
  const takesMore = command.passes !== undefined || wanted.at(-1)?.repeatable;
  const surplus = takesMore ? undefined : given[wanted.length];
  if (surplus !== undefined) {
    throw new UsageError(
      `unexpected argument "${surplus}" ("codexcomp help ${command.name}" shows what it takes)`,
    );
  }
  for (const [index, { name, required, choices }] of wanted.entries()) {
    const value = given[index];
    if (value === undefined && required) throw new UsageError(`${command.name} needs ${name}`);
    if (value !== undefined && choices && !choices.includes(value)) {
      throw new UsageError(
        `${name} must be one of ${choices.join(", ")}, not "${value}"${didYouMean(value, choices)}`,
      );
    }
  }
}
