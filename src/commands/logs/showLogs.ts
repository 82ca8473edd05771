import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { homeFolder, launchdLog, logFile } from "../../service/places.js";
import { managerOf } from "../../service/platform.js";
import { UNIT_NAME } from "../../service/systemdUnit.js";
import type { Invocation, Environment } from "../command.js";
import type { LogsFlags } from "./logs.js";
import { showFile } from "./showFile.js";

/** @returns the exit code */
export function showLogs(invocation: Invocation<LogsFlags>): Promise<number> {
  const source = logSource(process.platform, invocation.env, invocation.flags.exec);
  return source.kind === "file" ? showFile(source.path, invocation) : showJournal(invocation);
}

/** Where a log is. */
export type LogSource = { readonly kind: "file"; readonly path: string } | { readonly kind: "systemd" };

/**
 * The log of the service where one is installed; else that of proxies that run a command, and of `codexcompw`.
 *
 * @param own that, whatever is installed
 */
export function logSource(platform: NodeJS.Platform, env: Environment, own: boolean): LogSource {
  const unit = managerOf(platform)?.path(env);
  if (own || unit === undefined || !existsSync(unit)) return { kind: "file", path: logFile(env, platform) };
  return platform === "darwin"
    ? { kind: "file", path: launchdLog(homeFolder(env, platform)) }
    : { kind: "systemd" };
}

/**
 * Shows the unit's lines in the user's systemd journal. They have their own times, so journalctl adds nothing.
 *
 * @throws Error where there is no journalctl
 */
export async function showJournal({
  env,
  flags,
  signal,
  stderr,
  stdout,
}: Invocation<LogsFlags>): Promise<number> {
  const child = spawn(
    "journalctl",
    [
      "--user",
      `--unit=${UNIT_NAME}`,
      `--lines=${flags.lines}`,
      "--output=cat",
      "--no-pager",
      ...(flags.follow ? ["--follow"] : []),
    ],
    { env, stdio: ["ignore", "pipe", "pipe"] },
  );
  const stop = () => child.kill();
  signal.addEventListener("abort", stop);
  let isSilent = true;
  child.stdout.once("data", () => (isSilent = false));
  child.stdout.pipe(stdout, { end: false });
  child.stderr.pipe(stderr, { end: false });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0 && isSilent && flags.lines > 0)
      stderr.write("the service has logged nothing: is it installed?\n");
    // Ctrl-C is how one stops following; the terminal sends it to journalctl too.
    return signal.aborted || code === 0 ? 0 : 1;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    const reason =
      "no journalctl: without systemd there is no service log, the proxy logs where it was started";
    throw new Error(reason, { cause });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
