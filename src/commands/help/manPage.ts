import { STANDARD_FLAGS, type Command } from "../command.js";
import { exitCodes, flagEntries, passesOn, usageLine, VARIABLES } from "./describe.js";

/** The manual page `codexcomp(1)` in man(7) macros, from the same table as `--help`. */
export function manPage(commands: readonly Command[]): string {
  const listed = commands.filter(({ hidden }) => !hidden);
  return [
    '.TH CODEXCOMP 1 "" codexcomp "User Commands"',
    ".SH NAME",
    "codexcomp \\- lets the OpenAI Codex CLI think to the end",
    ".SH SYNOPSIS",
    ".B codexcomp",
    "[\\fICOMMAND\\fR] [\\fIflags\\fR]",
    ".SH EXAMPLES",
    ...listed.flatMap(({ examples }) => examples.slice(0, 1).flatMap(example)),
    ".SH DESCRIPTION",
    escape(
      "A local proxy between Codex and the Responses API: it detects responses whose reasoning was cut at exactly 518n-2 tokens, lets the model think on, and folds the rounds into one response. Without a command it runs the proxy. Flags may stand before and after the command.",
    ),
    ".SH COMMANDS",
    ...listed.flatMap(section),
    ".SH FLAGS OF EVERY COMMAND",
    ...terms(flagEntries(STANDARD_FLAGS)),
    ".SH EXIT STATUS",
    ...terms(exitCodes()),
    ".SH ENVIRONMENT",
    ...terms(VARIABLES),
    "",
  ].join("\n");
}

function section(command: Command): string[] {
  const { description, examples, args = [], flags, exitCodes: own = {}, summary } = command;
  return [
    `.SS ${escape(usageLine(command))}`,
    escape(summary),
    ...[...description, ...passesOn(command)].flatMap((text) =>
      text.startsWith(" ") ? [".PP", ".EX", escape(text), ".EE"] : [".PP", escape(text.replace(/\s+/g, " "))],
    ),
    ...terms(args.map(({ name, describes }) => [name, describes])),
    ...terms(flagEntries(flags)),
    ...terms(Object.entries(own).map(([code, meaning]) => [`exit status ${code}`, meaning])),
    ...examples.flatMap(example),
  ];
}

function terms(entries: readonly (readonly [name: string, meaning: string])[]): string[] {
  return entries.flatMap(([name, meaning]) => [
    ".TP",
    `\\fB${escape(name)}\\fR`,
    escape(meaning.replace(/\s+/g, " ")),
  ]);
}

function example({ line, does }: Command["examples"][number]): string[] {
  return [".PP", escape(does), ".PP", ".EX", `    ${escape(line)}`, ".EE"];
}

/** A dash is typed, not printed as a hyphen; a leading dot or quote would be a macro. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
