import type { Allowed } from "../options/allowed.js";

/** A value a flag can hold. */
export type FlagValue = string | number | boolean;

/**
 * One `--flag`. Its key in a {@link FlagTable} is camelCase; the command line spells it in kebab-case (`maxN` is
 * `--max-n`) and the environment as `CODEXCOMP_MAX_N`.
 */
export interface Flag {
  readonly type: "string" | "number" | "boolean";
  /** One letter, the same for this flag in every command. */
  readonly short?: string;
  readonly default?: FlagValue;
  /** A short phrase, lower case, without a full stop. */
  readonly describes: string;
  /** What stands for the value in help: `PORT`, `URL`, ... Not for booleans. */
  readonly value?: string;
  /** The only values accepted. */
  readonly choices?: readonly string[];
  /** What it accepts, beyond its type. */
  readonly allowed?: Allowed;
  /** May be given several times; the value is then a list. In the environment, entries are separated by commas. */
  readonly repeatable?: boolean;
  /** One of those that most people need: `codexcomp --help` shows it. */
  readonly common?: boolean;
  /** What a shell offers while the value is typed. */
  readonly completes?: "file" | "directory";
}

export type FlagTable = Readonly<Record<string, Flag>>;

/** What every command answers to. */
export const STANDARD_FLAGS = {
  help: { type: "boolean", short: "h", describes: "show help and exit" },
  version: { type: "boolean", short: "V", describes: "show the version and exit" },
} as const satisfies FlagTable;

type Scalar<F extends Flag> = F["type"] extends "number"
  ? number
  : F["type"] extends "boolean"
    ? boolean
    : F extends { readonly choices: readonly (infer C)[] }
      ? C
      : string;

type ValueOf<F extends Flag> = F extends { readonly repeatable: true }
  ? readonly Scalar<F>[]
  : F["type"] extends "boolean"
    ? boolean
    : F extends { readonly default: FlagValue }
      ? Scalar<F>
      : Scalar<F> | undefined;

/** What a command finds in `flags`: booleans are `false` and lists empty unless given. */
export type FlagValues<T extends FlagTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** Where a flag's value came from. */
export type Source = "flag" | "environment" | "default";

/** A positional argument. */
export interface Argument {
  /** As help shows it: `PATH`. */
  readonly name: string;
  readonly describes: string;
  readonly required?: boolean;
  /** Takes all that are left; only on the last one. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: "file" | "directory" | "command";
}

export interface Example {
  /** The whole line, `codexcomp` included. */
  readonly line: string;
  readonly does: string;
}

/** A stream a command writes to. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command may ask its user through. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export type Environment = Readonly<Record<string, string | undefined>>;

/** What surrounds a command: the process, or a test's stand-in for it. */
export interface Surroundings {
  /** For data, and nothing else. */
  readonly stdout: Output;
  /** For logs, progress and errors. */
  readonly stderr: Output;
  /** For answers to questions; opened where a command asks some. Nobody is there to ask where it is no terminal, or absent. */
  readonly stdin?: () => Input;
  readonly env: Environment;
  /** Aborted by the first Ctrl-C or SIGTERM. A second one ends the process whatever the command does. */
  readonly signal: AbortSignal;
  /**
   * Has SIGINT and SIGTERM given to a handler, and to nobody else: they neither abort the signal nor end the process. Not
   * there where a test stands in for the process.
   *
   * @returns gives them back
   */
  readonly takeSignals?: ((handler: (signal: NodeJS.Signals) => void) => () => void) | undefined;
}

/** One call of a command: everything it may look at, validated. */
export interface Invocation<F = Readonly<Record<string, unknown>>> extends Surroundings {
  readonly args: readonly string[];
  readonly flags: F;
  /** For commands that have yet another source of values (a config file) that defaults must not override. */
  readonly sources: { readonly [K in keyof F]: Source };
  /** All there are, for those that explain them. */
  readonly commands: readonly Command[];
}

/**
 * A subcommand: its place in help, completions and the man page, and what it does. Keep the implementation behind an
 * `import()` inside `run`, so that starting one command does not load all of them.
 */
export interface Command<T extends FlagTable = FlagTable> {
  readonly name: string;
  /** One line, lower case, without a full stop. */
  readonly summary: string;
  /** Paragraphs for `--help`. One that starts with a space is a line to copy, and stays as it is. */
  readonly description: readonly string[];
  /** Shown first in help; at least one. */
  readonly examples: readonly Example[];
  readonly args?: readonly Argument[];
  readonly flags: T;
  /** Exit codes with a meaning of their own, beyond 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /**
   * What is another program's, and goes untouched into `args`: `all` that stands behind the command's name, whatever it
   * looks like (`--help` too), so that the command's own flags stand in front of it; or, for a `command`, everything from
   * `--` or from the first word that is no flag.
   */
  readonly passes?: "all" | "command";
  /** Left out of the list of commands and of completions. */
  readonly hidden?: boolean;
  /** @returns the exit code */
  run(invocation: Invocation<FlagValues<T>>): Promise<number>;
}

/** Makes a {@link Command} whose `run` gets its flags typed by its own table. */
export function defineCommand<const T extends FlagTable>(command: Command<T>): Command<T> {
  return command;
}

/** The command was called wrongly: its message goes to stderr, the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What to throw for an error of what the command line names: a {@link UsageError} for that kind, any other as it is. */
export function asUsageError(error: unknown, kind: new (...args: never[]) => Error): unknown {
  return error instanceof kind ? new UsageError(error.message) : error;
}
