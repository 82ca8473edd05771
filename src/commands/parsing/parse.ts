import { UsageError, type Command, type Environment, type Flag, type FlagTable } from "../command.js";
import type { FlagValue, FlagValues, Source } from "../command.js";
import { kebabCase, variableName } from "./names.js";
import { didYouMean } from "../../options/suggest.js";
import { tokenize, type GivenFlag } from "./tokens.js";
import { readValue } from "./values.js";

/** The command of a line that names none. */
const DEFAULT_COMMAND = "run";

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
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  env: Environment,
): Request {
  const { flags, words } = tokenize(argv, commands);
  const asked = (name: string) => flags.some((flag) => flag.name === name && flag.value === undefined);
  const [word, ...args] = words;
  if (asked("help")) return { kind: "help", command: word === undefined ? undefined : find(word, commands) };
  if (asked("version")) return { kind: "version" };
  const command = commands.find(({ name }) => name === word) ?? findOrBlame(word, flags, commands);
  const values = readFlags(command, flags, env);
  checkArguments(command, args);
  return { kind: "run", command, args, ...values };
}

/**
 * The command of a line whose first word names none. In `--prot 9000` the number is taken for a command because the
 * flag in front of it is not known: blame the flag then.
 */
function findOrBlame(
  word: string | undefined,
  given: readonly GivenFlag[],
  commands: readonly Command[],
): Command {
  const known = new Set(commands.flatMap(({ flags }) => Object.keys(flags).map(kebabCase)));
  const standard = find(DEFAULT_COMMAND, commands);
  if (word === undefined) return standard;
  const stranger = given.find(({ name }) => !known.has(name) && !known.has(name.replace(/^no-/, "")));
  if (stranger) throw unknownFlag(stranger.typed, standard);
  return find(word, commands);
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

function readFlags(command: Command, given: readonly GivenFlag[], env: Environment): Values {
  const keyOf = new Map(Object.keys(command.flags).map((key) => [kebabCase(key), key]));
  const texts = new Map<string, { text: string; typed: string }[]>();
  for (const flag of given) {
    const { key, text } = resolve(flag, command, keyOf);
    texts.set(key, [...(texts.get(key) ?? []), { text, typed: flag.typed }]);
  }
  const values: Record<string, FlagValue | readonly FlagValue[] | undefined> = {};
  const sources: Record<string, Source> = {};
  for (const [key, flag] of Object.entries(command.flags)) {
    const typed = texts.get(key);
    const variable = env[variableName(key)];
    sources[key] = typed ? "flag" : variable ? "environment" : "default";
    values[key] = typed
      ? fromCommandLine(flag, typed)
      : variable
        ? fromEnvironment(flag, variable, variableName(key))
        : defaultOf(flag);
  }
  // Each value was read as its own flag's type says, which the table's type no longer knows.
  return { flags: values as FlagValues<FlagTable>, sources };
}

/** Which flag of the command was meant, and its value as text. `--no-x` is `--x=false`. */
function resolve(
  { typed, name, value }: GivenFlag,
  command: Command,
  keyOf: ReadonlyMap<string, string>,
): { key: string; text: string } {
  const key = keyOf.get(name);
  if (key !== undefined) return { key, text: value ?? "true" };
  const denied = name.startsWith("no-") ? keyOf.get(name.slice(3)) : undefined;
  if (denied !== undefined && command.flags[denied]?.type === "boolean" && value === undefined) {
    return { key: denied, text: "false" };
  }
  throw unknownFlag(typed, command);
}

function unknownFlag(typed: string, command: Command): UsageError {
  const names = [...Object.keys(command.flags).map(kebabCase), "help", "version"].map((name) => `--${name}`);
  return new UsageError(
    `unknown flag ${typed}${didYouMean(typed, names)} ("codexcomp help ${command.name}" lists its flags)`,
  );
}

function fromCommandLine(
  flag: Flag,
  given: readonly { text: string; typed: string }[],
): FlagValue | readonly FlagValue[] | undefined {
  const values = given.map(({ text, typed }) => readValue(flag, text, typed));
  if (flag.repeatable) return values;
  const [first] = given;
  if (first && values.length > 1 && flag.type !== "boolean") {
    throw new UsageError(`${first.typed} can be given only once`);
  }
  return values.at(-1);
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
