import type { Argument, Command, Flag, FlagTable } from "../command.js";
import { kebabCase } from "../parsing/values.js";

const STANDARD_EXIT_CODES = { 0: "done", 1: "failed", 2: "wrong usage", 130: "interrupted" } as const;

/** The environment beyond the flags' own variables. */
export const VARIABLES = [
  [
    "CODEXCOMP_FLAG",
    "gives the default of any flag, for example CODEXCOMP_PORT=9000 or CODEXCOMP_NO_JOURNAL=1",
  ],
  ["CODEXCOMP_DEBUG=1", "adds the stack to error messages"],
  ["NO_COLOR=1", "no colours; FORCE_COLOR=1 for colours in a pipe"],
] as const;

/** `-f, --follow`, or `--port PORT`. */
function flagSyntax(key: string, flag: Flag): string {
  const name = `--${kebabCase(key)}${flag.type === "boolean" ? "" : ` ${valueSyntax(flag)}`}`;
  return flag.short ? `-${flag.short}, ${name}` : name;
}

function valueSyntax(flag: Flag): string {
  return flag.choices?.join("|") ?? flag.value ?? (flag.type === "number" ? "N" : "TEXT");
}

/** Each flag of a table, and what it means. */
export function flagEntries(flags: FlagTable): [syntax: string, meaning: string][] {
  return Object.entries(flags).map(([key, flag]) => [flagSyntax(key, flag), flagMeaning(flag)]);
}

/** What a flag does, what it takes and its default, in one line. */
function flagMeaning(flag: Flag): string {
  const parts = [flag.describes];
  if (flag.allowed) parts.push(flag.allowed.words);
  if (flag.repeatable) parts.push("can be repeated");
  if (flag.default !== undefined && flag.default !== false) parts.push(`default ${flag.default}`);
  return parts.join("; ");
}

/** `codexcomp replay [flags] PATH...` */
export function usageLine({ name, args = [], flags, passes }: Command): string {
  const words = args.map(argumentSyntax);
  if (passes !== "all") return ["codexcomp", name, "[flags]", ...words].join(" ");
  return ["codexcomp", ...(Object.keys(flags).length > 0 ? ["[flags]"] : []), name, ...words].join(" ");
}

/** What is not the command's own, in a sentence. */
export function passesOn({ name, passes }: Command): string[] {
  if (passes === "all") return [`What stands behind "${name}" is passed on as it is, --help too.`];
  return passes ? ["From -- or the first word that is no flag on, everything is passed on as it is."] : [];
}

/** The codes a command ends with, and what each means. */
export function exitCodes(command?: Command): [string, string][] {
  return Object.entries({ ...STANDARD_EXIT_CODES, ...command?.exitCodes });
}

function argumentSyntax({ name, required, repeatable }: Argument): string {
  const word = repeatable ? `${name}...` : name;
  return required ? word : `[${word}]`;
}
