import { UsageError, type Command, type Surroundings } from "./command.js";
import { parseCommandLine } from "./parsing/parse.js";
import { guarded } from "./terminal/guarded.js";
import { printable } from "../reports/printable.js";

/** What shells give for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Runs one command line to its end. Never throws: what goes wrong is one line on stderr.
 *
 * @param argv without node and the script
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted, or one of the command's own
 */
export async function dispatch(
  argv: readonly string[],
  commands: readonly Command[],
  surroundings: Surroundings,
): Promise<number> {
  const [stdout, stderr] = [guarded(surroundings.stdout), guarded(surroundings.stderr)];
  const { env, signal } = surroundings;
  try {
    const request = await parseCommandLine(argv, commands, env);
    if (request.kind === "version") {
      const { packageVersion } = await import("../version.js");
      stdout.write(`${packageVersion}\n`);
      return 0;
    }
    if (request.kind === "help") {
      const { commandHelp, overview } = await import("./help/render.js");
      const { command } = request;
      stdout.write(command ? commandHelp(command, stdout, env) : overview(commands, stdout, env));
      return 0;
    }
    const { command, args, flags, sources } = request;
    return await command.run({ ...surroundings, stdout, stderr, commands, args, flags, sources });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return INTERRUPTED;
    stderr.write(`codexcomp: ${describe(error, env["CODEXCOMP_DEBUG"] === "1")}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function describe(error: unknown, withStack: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (withStack && error.stack) return error.stack;
  return printable((error.message || error.name).replace(/\s*\n\s*/g, " "));
}
