import type { Argument, Command } from "../command.js";
import { STANDARD_FLAGS } from "../help/describe.js";
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
    flags: command.passes === "all" ? [] : [...flagsOf(command), ...standardFlags()],
    // What another program takes is not ours to know; most take files.
    values: command.passes ? { kind: "file" } : command.args?.[0] && valuesOf(command.args[0], names),
  }));
}

/** Every flag of any command, once each. */
export function allFlags(commands: readonly KnownCommand[]): readonly KnownFlag[] {
  return [...new Map(commands.flatMap(({ flags }) => flags).map((flag) => [flag.name, flag])).values()];
}

function flagsOf(command: Command): KnownFlag[] {
  return Object.entries(command.flags).map(([key, flag]) => ({
    name: `--${kebabCase(key)}`,
    short: flag.short && `-${flag.short}`,
    describes: flag.describes,
    repeatable: flag.repeatable === true,
    values: flag.type === "boolean" ? undefined : valuesOf(flag, []),
  }));
}

function standardFlags(): KnownFlag[] {
  return STANDARD_FLAGS.map(([syntax, describes]) => {
    const [short, name = ""] = syntax.split(", ");
    return { name, short, describes, repeatable: false, values: undefined };
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
