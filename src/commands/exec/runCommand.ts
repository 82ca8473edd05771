import { basename } from "node:path";
import { withoutCredentials } from "../../options/validate.js";
import { logFile } from "../../service/places.js";
import { rotatingLog } from "../../service/rotatingLog.js";
import { UsageError, type Environment, type Invocation } from "../command.js";
import { announce, announceModules } from "../run/announce.js";
import { createLog, type Log } from "../run/log.js";
import { offerPage } from "../run/offerPage.js";
import { startProxy } from "../run/startProxy.js";
import { userModules, type RunFlags, type RunSettings } from "../run/userModules.js";
import { printable } from "../../reports/printable.js";
import { detourOf, LOCAL } from "../../codex/config/detour.js";
import { readDotEnv, setBy } from "../wire/dotEnv.js";
import { childEnvironment } from "./childEnvironment.js";
import { withBaseUrl } from "./codexArgs.js";
import { codexRoute, isForCodexcomp } from "./codexRoute.js";
import type { ExecFlags } from "./execFlags.js";
import { NotStarted, runChild } from "./runChild.js";
import { counted, NO_TURNS, tallyLine } from "./tally.js";

/** Runs a command through a proxy of its own. @returns the command's exit code */
export async function runCommand(invocation: Invocation<ExecFlags>): Promise<number> {
  const { args, env, flags, stderr, signal } = invocation;
  const [command, ...given] = args;
  if (command === undefined) throw new UsageError("exec needs a command: codexcomp exec -- COMMAND ARGS...");
  const warn = (text: string): void => void stderr.write(`codexcomp: ${printable(text)}\n`);
  const plan = await (isCodex(command) ? planForCodex : planForOthers)(given, env);
  plan.warnings.forEach(warn);

  const { settings, modules } = await settingsOf(invocation, plan.upstream);
  let running = false;
  const toFile = logTo(logFile(env), settings, env);
  const log: Log = (level, text, fields) => {
    toFile(level, text, fields);
    // The terminal is the command's while it runs.
    if (!running && (level === "error" || level === "warn")) warn(text);
  };
  const started = await startProxy(settings, { env, log });
  if (!started) return 1;
  announce(started, log);
  void offerPage(started.proxy, settings, started.options, env, log);
  announceModules(modules, started.options, env, log);
  log("info", `runs ${printable(basename(command))}, process ${process.pid}, ${new Date().toISOString()}`);
  let tally = NO_TURNS;
  started.proxy.turns$.subscribe((turn) => (tally = counted(tally, turn)));

  try {
    signal.throwIfAborted();
    running = true;
    return await runChild(command, plan.args(started.url), { ...invocation, env: plan.env(started.url) });
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    warn(whyNotStarted(command, error));
    return error.code === "ENOENT" ? 127 : 126;
  } finally {
    await started.stop();
    const line = tallyLine(tally);
    if (line !== undefined && !flags.quiet) warn(line);
  }
}

/** How a command is led to a proxy whose base URL is not known yet. */
interface Plan {
  readonly args: (url: string) => readonly string[];
  readonly env: (url: string) => Environment;
  /** Where it would go without us, if that is not where everybody goes. */
  readonly upstream: string | undefined;
  /** Why it will not work, one line each. */
  readonly warnings: readonly string[];
}

function isCodex(command: string): boolean {
  return /^codex(?:\.(?:exe|cmd|bat|ps1))?$/i.test(basename(command));
}

async function planForCodex(given: readonly string[], env: Environment): Promise<Plan> {
  const { upstream, detours } = await codexRoute(given, env);
  const dotEnv = await readDotEnv(undefined, env);
  const more = setBy(dotEnv);
  const childEnv = childEnvironment(env, { more });
  const list = detourOf({ ...childEnv, ...more })?.list;
  const short = dotEnv.findLast(({ name }) => name === list);
  return {
    args: (url) => withBaseUrl(given, url),
    env: () => childEnv,
    upstream,
    warnings: [
      ...detours,
      ...(short
        ? [`line ${short.line} of ${short.path} lacks ${LOCAL}: Codex asks a proxy elsewhere for codexcomp`]
        : []),
    ],
  };
}

async function planForOthers(given: readonly string[], env: Environment): Promise<Plan> {
  const baseUrl = env["OPENAI_BASE_URL"] || undefined;
  return {
    args: () => given,
    env: (baseUrl) => childEnvironment(env, { baseUrl }),
    upstream: baseUrl !== undefined && !(await isForCodexcomp(baseUrl)) ? baseUrl : undefined,
    warnings: [],
  };
}

/** Listens here, where nobody else is, whatever is set for the proxy that everybody shares. */
async function settingsOf({ flags, sources, env }: Invocation<ExecFlags>, upstream: string | undefined) {
  const own = {
    host: "127.0.0.1",
    port: sources.port === "flag" ? flags.port : 0,
    autoPort: false,
    allowRemote: false,
  };
  const runFlags: RunFlags = { ...flags, ...own };
  const given = { host: "flag", port: "flag", autoPort: "flag", allowRemote: "flag" } as const;
  const modules = userModules({ flags: runFlags, sources: { ...sources, ...given }, env }, process.cwd());
  const settings = await modules.read();
  const isAuto = settings.upstream === undefined || settings.upstream === "auto";
  return {
    modules,
    settings: isAuto && upstream !== undefined ? { ...settings, upstream } : settings,
  };
}

/** A log in a file that several may write to: each line of text says whose it is. */
function logTo(path: string, { logLevel: level, logFormat: format }: RunSettings, env: Environment): Log {
  const file = rotatingLog(path);
  const whose = format === "text" ? `${process.pid} ` : "";
  return createLog({ level, format, output: { write: (line) => file.write(`${whose}${line}`) }, env });
}

function whyNotStarted(command: string, { code, message }: NotStarted): string {
  if (code !== "ENOENT") return `${command} cannot be executed (${withoutCredentials(message)})`;
  return isCodex(command)
    ? "codex is not found on PATH; to install it: npm install -g @openai/codex"
    : `${command} is not found`;
}
