import { resolve } from "node:path";
import { hasCredentials } from "../../service/launch.js";
import { UsageError, type Flag, type FlagTable, type Invocation } from "../command.js";
import { kebabCase, variableName } from "../parsing/names.js";
import { runFlags } from "../run/runFlags.js";

type Given = Pick<Invocation, "flags" | "sources">;

export interface ServiceArgs {
  readonly args: readonly string[];
  /** The variables that were left out, because everybody can read the command line of a process. */
  readonly secret: readonly string[];
}

/**
 * The command line of the service: every flag of `codexcomp run` that was given, on the command line or by the
 * environment (which the service does not have), and the port in any case.
 *
 * @param cwd where relative paths start; the service runs elsewhere
 * @throws UsageError for what a service cannot have
 */
export function serviceArgs({ flags, sources }: Given, cwd: string): ServiceArgs {
  if (flags["autoPort"] === true || flags["port"] === 0) {
    throw new UsageError("a service needs a port of its own, one that Codex can be wired to: --port PORT");
  }
  const given = Object.entries<Flag>(runFlags satisfies FlagTable).filter(
    ([key]) => key === "port" || sources[key] !== "default",
  );
  const secret = given.filter(([key, flag]) => flag.value === "URL" && hasCredentials(String(flags[key])));
  const exposed = secret.find(([key]) => sources[key] === "flag");
  if (exposed) {
    throw new UsageError(
      `--${kebabCase(exposed[0])} has a password in it, which everybody could read in the list of processes; ` +
        `give it as ${variableName(exposed[0])} to the service, not as a flag`,
    );
  }
  const open = given.filter((entry) => !secret.includes(entry));
  return {
    args: ["run", ...open.flatMap(([key, flag]) => argsOf(`--${kebabCase(key)}`, flag, flags[key], cwd))],
    secret: secret.map(([key]) => variableName(key)),
  };
}

function argsOf(name: string, flag: Flag, value: unknown, cwd: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => argsOf(name, flag, each, cwd));
  if (flag.type === "boolean") return value === true ? [name] : [`${name}=false`];
  return [`${name}=${flag.completes ? resolve(cwd, String(value)) : String(value)}`];
}
