import meow, { type AnyFlag, type AnyFlags, type Options } from "meow";
import { STANDARD_FLAGS, UsageError, type Command, type Flag, type FlagTable } from "../command.js";
import { kebabCase, readValue } from "./values.js";

/** What stood on a command line. */
export interface Line {
  readonly words: readonly string[];
  /** By camelCase key, those that no command knows too. Of a flag with a value it is the text, of several the list. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * Splits a command line into flags and words, up to what a command passes on ({@link Command.passes}). Which flags take a
 * value must be known before the command is, because flags may stand in front of it: so it is the same for a flag in
 * every command (a test holds the table to that).
 *
 * @throws UsageError for a value that is missing, not wanted, or one too many
 */
export function readLine(argv: readonly string[], commands: readonly Command[]): Line {
  const table: FlagTable = Object.assign({}, STANDARD_FLAGS, ...commands.map(({ flags }) => flags));
  const [command, before, behind] = passing(argv, commands, table);
  if (command?.passes === "all")
    return { words: [command.name, ...behind], flags: meant(before, table).flags };
  if (command?.passes === "command") {
    const all = [...before, ...behind];
    const first = all.findIndex((_, index) => isWord(all, index, table));
    const own = all.slice(0, first < 0 ? undefined : first);
    return { words: [command.name, ...all.slice(own.length)], flags: meant(own, table).flags };
  }
  return meant(argv, table);
}

/** The command that passes words on, if it is one, and what stands before and behind its name. */
function passing(argv: readonly string[], commands: readonly Command[], table: FlagTable) {
  const at = argv.findIndex(
    (arg, index) => commands.some(({ name, passes }) => passes && name === arg) && isWord(argv, index, table),
  );
  return [commands.find(({ name }) => name === argv[at]), argv.slice(0, at), argv.slice(at + 1)] as const;
}

/** Whether this is the first word, and not a flag's value. */
function isWord(argv: readonly string[], index: number, table: FlagTable): boolean {
  return parsed(argv.slice(0, index + 1), table).words.length === 1;
}

function meant(argv: readonly string[], table: FlagTable): Line {
  return parsed(checked(argv, table), table);
}

function parsed(argv: readonly string[], table: FlagTable): Line {
  try {
    const { input: words, flags } = meow(optionsFor(argv, table));
    return { words, flags };
  } catch (error) {
    // It names flags by their keys.
    const { message } = error as Error;
    throw new UsageError(message.replace(/--\w+/, kebabCase));
  }
}

function optionsFor(argv: readonly string[], table: FlagTable) {
  return {
    importMeta: import.meta,
    // Instead of a package.json that would have to be read; meow makes the name the process' title.
    pkg: { name: process.title },
    argv: [...argv],
    // Help, version and complaints are for the caller's streams, in the words of the table.
    autoHelp: false,
    autoVersion: false,
    // Nothing that was not given: the environment comes before the defaults.
    booleanDefault: undefined,
    flags: {
      ...Object.fromEntries(Object.entries(table).map(([key, flag]) => [key, forMeow(flag)])),
    },
  } satisfies Options<AnyFlags>;
}

/** Numbers stay texts, so that a message can say what was typed. */
function forMeow({ type, short, repeatable }: Flag): AnyFlag {
  return {
    type: type === "boolean" ? "boolean" : "string",
    ...(short && { shortFlag: short }),
    ...(repeatable && { isMultiple: true }),
  };
}

/** What meow passes over: a value that is missing, and `--switch=perhaps`, which it takes for false. */
function checked(argv: readonly string[], table: FlagTable): string[] {
  const spelled = new Map<string, Flag>(
    Object.entries(table).flatMap(([key, flag]) => [
      [`--${kebabCase(key)}`, flag],
      [`-${flag.short}`, flag],
    ]),
  );
  const own = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined);
  const read = own.map((arg, index) => {
    const [typed = "", text] = arg.split(/=(.*)/s);
    const flag = spelled.get(typed);
    if (flag?.type === "boolean" && text !== undefined) return `${typed}=${readValue(flag, text, typed)}`;
    if (flag && flag.type !== "boolean" && text === undefined && looksLikeFlag(own[index + 1] ?? "-")) {
      throw new UsageError(`${typed} needs a value`);
    }
    return arg;
  });
  return [...read, ...argv.slice(own.length)];
}

function looksLikeFlag(text: string): boolean {
  return text.startsWith("-") && Number.isNaN(Number(text));
}
