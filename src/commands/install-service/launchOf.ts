import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { carriedVariables, pathWarnings, stableNode, type Launch } from "../../service/launch.js";
import type { Install } from "./install.js";
import { serviceArgs } from "./serviceArgs.js";

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
    script: fileURLToPath(
      new URL(`../../${platform === "win32" ? "codexcompw" : "cli"}.js`, import.meta.url),
    ),
    args,
    variables: carried.variables,
  };

  const warnings = pathWarnings(launch);
  const left = [...secret, ...carried.secret];
  if (left.length > 0) {
    warnings.push(
      `${left.join(", ")} may have a password in it and is not passed on; if the service needs it, ${secrets}`,
    );
  }
  const config = ["js", "mjs", "ts"]
    .map((ending) => `codexcomp.config.${ending}`)
    .find((name) => existsSync(name));
  if (config && invocation.flags.config === undefined) {
    warnings.push(
      `the service does not run in this folder, and will not see ${config}; pass --config ${config}`,
    );
  }
  return { launch, warnings };
}
