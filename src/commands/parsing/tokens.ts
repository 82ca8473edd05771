import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError, type Command, type Flag } from "../command.js";
import { kebabCase } from "./names.js";

/** A flag as it stood on the command line. */
export interface GivenFlag {
  /** As typed, for messages: `--port` or `-f`. */
  readonly typed: string;
  /** In kebab-case, short letters resolved. */
  readonly name: string;
  readonly value: string | undefined;
}

export interface Tokens {
  readonly flags: readonly GivenFlag[];
  readonly words: readonly string[];
}

/**
 * Splits the arguments into flags and words, up to what a command passes on ({@link Command.passes}). Which flags take a value must be known before the command is, because
 * flags may stand in front of it: so it is the same for a flag in every command (a test holds the table to that).
 *
 * @throws UsageError when a flag that takes a value has none
 */
export function tokenize(argv: readonly string[], commands: readonly Command[]): Tokens {
  const known = flagsByName(commands);
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(known),
    strict: false,
    tokens: true,
  });
  const flags: GivenFlag[] = [];
  const words: string[] = [];
  let passes: Command["passes"];
  for (const token of tokens) {
    if (passes === "command" && token.kind !== "option") {
      const from = token.kind === "positional" ? token.index : token.index + 1;
      return { flags, words: [...words, ...argv.slice(from)] };
    }
    if (token.kind === "positional") {
      words.push(token.value);
      if (words.length > 1) continue;
      passes = commands.find(({ name }) => name === token.value)?.passes;
      if (passes === "all") return { flags, words: [...words, ...argv.slice(token.index + 1)] };
    }
    if (token.kind !== "option") continue;
    const { name, rawName: typed, value, inlineValue } = token;
    const takesValue = known.has(name) && known.get(name)?.type !== "boolean";
    // `--host --port 1`: the parser would make "--port" the host.
    if (takesValue && (value === undefined || (!inlineValue && looksLikeFlag(value)))) {
      throw new UsageError(`${typed} needs a value`);
    }
    flags.push({ typed, name, value });
  }
  return { flags, words };
}

function flagsByName(commands: readonly Command[]): Map<string, Flag> {
  const entries = commands.flatMap((command) => Object.entries(command.flags));
  return new Map(entries.map(([key, flag]) => [kebabCase(key), flag]));
}

function parserOptions(known: ReadonlyMap<string, Flag>): NonNullable<ParseArgsConfig["options"]> {
  const options: NonNullable<ParseArgsConfig["options"]> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "V" },
  };
  for (const [name, flag] of known) {
    options[name] = {
      type: flag.type === "boolean" ? "boolean" : "string",
      ...(flag.short && { short: flag.short }),
    };
  }
  return options;
}

/** A dash alone is a file name by custom, and `-1` is a number. */
function looksLikeFlag(text: string): boolean {
  return /^-[^\d.]/.test(text);
}
