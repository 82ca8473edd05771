import { STANDARD_FLAGS, type Command, type Flag, type FlagTable } from "../command.js";
import type { Line } from "./line.js";
import { kebabCase } from "./values.js";

/** Texts in which no parser can see anything but themselves. */
const PLAIN = /^[\w./:][\w./:,*+-]*$/;

/**
 * Reads a command line in which nothing has to be weighed: words, known flags by their long names, and plain values, each
 * flag once. Services are started by such lines, and a quarter of a start's time went into loading and starting the parser.
 *
 * @returns what the parser would; `undefined` for a line that is for the parser
 */
export function simpleLine(argv: readonly string[], commands: readonly Command[]): Line | undefined {
  const [only = "", ...more] = argv;
  if (more.length === 0 && ["-h", "-V"].includes(only))
    return { words: [], flags: only === "-h" ? { help: true } : { version: true } };
  if (commands.some(({ name, passes }) => passes && argv.includes(name))) return undefined;

  const known = byName(Object.assign({}, STANDARD_FLAGS, ...commands.map(({ flags }) => flags)));
  const words: string[] = [];
  const flags: Record<string, unknown> = {};
  for (let at = 0; at < argv.length; at++) {
    const arg = argv[at] ?? "";
    if (!arg.startsWith("-")) {
      words.push(arg);
      continue;
    }
    const [name = "", ...text] = arg.split("=");
    const flag = known.get(name);
    // The parser takes `--no-page` for `--page=false`.
    const isNegative = name.startsWith("--no-");
    const key = flag && (isNegative ? flag.key.charAt(2).toLowerCase() + flag.key.slice(3) : flag.key);
    if (!key || key in flags || flag.repeatable) return undefined;
    if (flag.type === "boolean") {
      if (text.length > 0 || ["true", "false"].includes(argv[at + 1] ?? "")) return undefined;
      flags[key] = !isNegative;
    } else {
      const value = text.length > 0 ? text.join("=") : argv[++at];
      if (isNegative || value === undefined || !PLAIN.test(value)) return undefined;
      flags[key] = value;
    }
  }
  return { words, flags };
}

function byName(table: FlagTable): Map<string, Flag & { readonly key: string }> {
  return new Map(Object.entries(table).map(([key, flag]) => [`--${kebabCase(key)}`, { ...flag, key }]));
}
