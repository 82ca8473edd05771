import { STANDARD_FLAGS, type Argument, type Command, type Flag } from "../command.js";
import { kebabCase } from "../parsing/values.js";

/** What can stand where a value is expected. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "directory" | "anything" };

/** A flag as shells see it. */
export interface KnownFlag {
  /** With its dashes. */
  readonly name: string;
  readonly short: string | undefined;
  /** All its names. */
  readonly spellings: readonly string[];
  readonly describes: string;
  readonly repeatable: boolean;
  /** `undefined` for a switch. */
  readonly values: Values | undefined;
}

export interface KnownCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly KnownFlag[];
  /** What its positional arguments can be; of several the first one's. */
  readonly values: Values | undefined;
}

/** The table of commands, reduced to what completions need. Every command has the standard flags too. */
export function completionModel(commands: readonly Command[]): readonly KnownCommand[] {
  const listed = commands.filter(({ hidden }) => !hidden);
  const names = listed.map(({ name }) => name);
  return listed.map((command) => ({
    name: command.name,
    summary: command.summary,
    flags: command.passes === "all" ? [] : flagsOf(command),
    // What another program takes is not ours to know; most take files.
    values: command.passes ? { kind: "file" } : command.args?.[0] && valuesOf(command.args[0], names),
  }));
}

/** Every flag of any command that takes a value, once each. */
export function flagsWithValue(commands: readonly KnownCommand[]): readonly KnownFlag[] {
  const flags = commands.flatMap(({ flags }) => flags).filter(({ values }) => values);
  return [...new Map(flags.map((flag) => [flag.name, flag])).values()];
}

function flagsOf(command: Command): KnownFlag[] {
  return Object.entries<Flag>({ ...command.flags, ...STANDARD_FLAGS }).map(([key, flag]) => {
    const name = `--${kebabCase(key)}`;
    const short = flag.short && `-${flag.short}`;
    return {
      ...{ name, short, spellings: short ? [short, name] : [name] },
      describes: flag.describes,
      repeatable: flag.repeatable === true,
      values: flag.type === "boolean" ? undefined : valuesOf(flag, []),
    };
  });
}

function valuesOf(
  { choices, completes }: Pick<Argument, "choices" | "completes">,
  commandNames: readonly string[],
): Values {
  if (choices) return { kind: "words", words: choices };
  if (completes === "command") return { kind: "words", words: commandNames };
  return { kind: completes ?? "anything" };
}
