import { STANDARD_FLAGS, type Command, type Environment, type FlagTable, type Output } from "../command.js";
import { DEFAULT_COMMAND } from "../parsing/parse.js";
import { kebabCase, variableName } from "../parsing/values.js";
import { styleFor } from "../terminal/style.js";
import { definitions, widthOf, wrap } from "../terminal/wrap.js";
import { exitCodes, flagEntries, passesOn, usageLine, VARIABLES } from "./describe.js";

type Section = readonly [title: string, body: string];

/** The page of `codexcomp help`. */
export function overview(commands: readonly Command[], output: Output, env: Environment): string {
  const width = widthOf(output);
  const listed = commands.filter(({ hidden }) => !hidden);
  const first = listed.flatMap((command) => command.examples.slice(0, 1));
  const names = listed.map(({ name, summary }) => [name, summary] as const);
  const flags = flagEntries({ ...common(commands), ...STANDARD_FLAGS });
  return page(output, env, [
    ["", wrap("Codex stops thinking early. codexcomp makes it think on.", width)],
    ["Examples", examples(first, width)],
    ["Usage", "  codexcomp [COMMAND] [flags]"],
    ["Commands", definitions(names, width)],
    ["Flags", `${definitions(flags, width)}\n  and more: codexcomp help ${DEFAULT_COMMAND}`],
    ["Environment", definitions(VARIABLES, width)],
    ["Exit codes", definitions(exitCodes(), width)],
    ["", wrap("Without a command: run. More: codexcomp help COMMAND", width)],
  ]);
}

/** The most used flags of the command that needs no name. */
function common(commands: readonly Command[]): FlagTable {
  const flags = commands.find(({ name }) => name === DEFAULT_COMMAND)?.flags ?? {};
  return Object.fromEntries(Object.entries(flags).filter(([, flag]) => flag.common));
}

/** The page of `codexcomp help COMMAND`. */
export function commandHelp(command: Command, output: Output, env: Environment): string {
  const width = widthOf(output);
  const args = (command.args ?? []).map(({ name, describes }) => [name, describes] as const);
  const description = [...command.description, ...passesOn(command)].map((text) =>
    text.startsWith(" ") ? text : wrap(text, width),
  );
  return page(output, env, [
    ["", wrap(`codexcomp ${command.name}: ${command.summary}`, width)],
    ["Examples", examples(command.examples, width)],
    ["Usage", `  ${usageLine(command)}`],
    ["", description.join("\n\n")],
    ...(args.length > 0 ? [["Arguments", definitions(args, width)] as const] : []),
    ["Flags", definitions(flagEntries({ ...command.flags, ...STANDARD_FLAGS }), width)],
    ...(Object.keys(command.flags).length > 0 ? [["Environment", variablesOf(command)] as const] : []),
    ["Exit codes", definitions(exitCodes(command), width)],
  ]);
}

function page(output: Output, env: Environment, sections: readonly Section[]): string {
  const style = styleFor(output, env);
  const text = sections.map(([title, body]) => (title === "" ? body : `${style("bold", title)}\n${body}`));
  return `${text.join("\n\n")}\n`;
}

/** All follow one rule, so one example is enough. */
function variablesOf(command: Command): string {
  const [key = ""] = Object.keys(command.flags);
  return `  ${variableName(key)} gives the default of --${kebabCase(key)}, and so on`;
}

/** What it does above the line to type. */
function examples(list: Command["examples"], width: number): string {
  return list.map(({ line, does }) => `${wrap(`# ${does}`, width, 2)}\n  ${line}`).join("\n");
}
