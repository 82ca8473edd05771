import { resolve } from "node:path";
import { hasCredentials } from "../../service/launch.js";
import { UsageError, type Flag, type FlagTable, type Invocation } from "../command.js";
import { kebabCase } from "../parsing/names.js";
import { runFlags } from "../run/runFlags.js";

type Given = Pick<Invocation, "flags" | "sources">;

/**
 * The command line of the service: every flag of `codexcomp run` that was given, on the command line or by the
 * environment (which the service does not have), and the port in any case.
 *
 * @param cwd where relative paths start; the service runs elsewhere
 * @throws UsageError for what a service cannot have
 */
export function serviceArgs({ flags, sources }: Given, cwd: string): string[] {
  if (flags["autoPort"] === true || flags["port"] === 0) {
    throw new UsageError("a service needs a port of its own, one that Codex can be wired to: --port PORT");
  }
  const given = Object.entries<Flag>(runFlags satisfies FlagTable)
    .filter(([key]) => key === "port" || sources[key] !== "default")
    .flatMap(([key, flag]) => argsOf(`--${kebabCase(key)}`, flag, flags[key], cwd));
  return ["run", ...given];
}

function argsOf(name: string, flag: Flag, value: unknown, cwd: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => argsOf(name, flag, each, cwd));
  if (flag.type === "boolean") return value === true ? [name] : [`${name}=false`];
  const text = flag.completes ? resolve(cwd, String(value)) : String(value);
  if (flag.value === "URL" && hasCredentials(text)) {
    throw new UsageError(
      `${name} has a password in it, which everybody could read in the list of processes; put it into a config file and pass --config PATH`,
    );
  }
  return [`${name}=${text}`];
}
