import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { configFilesIn } from "../../options/modules/configFile.js";
import { packageFile } from "../../packageFile.js";
import {
  hasCredentials,
  carriedVariables,
  pathWarnings,
  stableNode,
  type Launch,
} from "../../service/launch.js";
import { UsageError, type Flag, type FlagTable, type FlagValues, type Invocation } from "../command.js";
import { kebabCase, variableName } from "../parsing/values.js";
import { runFlags } from "../run/runFlags.js";
import type { serviceFlags } from "./installService.js";

/** A call of `install-service`. */
export type Install = Invocation<FlagValues<typeof serviceFlags>>;

/**
 * How the service will start this very installation of codexcomp, and what may go wrong with that one day.
 *
 * @param secrets how to give the service what must not be written into its file
 */
export function launchOf(
  invocation: Install,
  platform: NodeJS.Platform,
  secrets = "set it for your account",
): { readonly launch: Launch; readonly warnings: readonly string[] } {
  // What starts at login on Windows has the account's variables.
  const carried = platform === "win32" ? { variables: {}, secret: [] } : carriedVariables(invocation.env);
  const { args, secret } = serviceArgs(invocation, process.cwd());
  const launch: Launch = {
    node: stableNode(process.execPath, existsSync),
    script: fileURLToPath(packageFile(`dist/${platform === "win32" ? "codexcompw" : "cli"}.js`)),
    args,
    variables: carried.variables,
    socket: socketAddress(invocation.flags),
  };

  const warnings = pathWarnings(launch);
  const left = [...secret, ...carried.secret];
  if (left.length > 0) {
    warnings.push(
      `${left.join(", ")} may have a password in it and is not passed on; if the service needs it, ${secrets}`,
    );
  }
  const [config] = configFilesIn(process.cwd());
  if (config && invocation.flags.config === undefined) {
    warnings.push(`${config} in this folder is not read; for the service to use it, pass --config ${config}`);
  }
  return { launch, warnings };
}

/**
 * What systemd can listen on for us: an address, not a name. A config file may name another one, which a flag does not
 * show: then the service listens by itself.
 */
function socketAddress({ host, port, config }: Install["flags"]): string | undefined {
  const address = host === "localhost" ? "127.0.0.1" : host;
  if (isIP(address) === 0 || config !== undefined) return undefined;
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

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
