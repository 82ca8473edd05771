import { access, constants, mkdir } from "node:fs/promises";
import { nameOf } from "../../operators/failureWords.js";
import { toProxyOptions } from "../../options/proxyOptions.js";
import { stackOf } from "../../reports/notices.js";
import { configFolder, stateFolder } from "../../service/places.js";
import { isLoopback } from "../../transport/downstream/guard.js";
import type { ProxyOptions } from "../../transport/options.js";
import { createProxyServer, type ProxyServer } from "../../transport/proxy.js";
import { upstreamNetwork, type UpstreamNetwork } from "../../transport/upstream/network/network.js";
import { UnusableNetwork } from "../../transport/upstream/network/proxyUrl.js";
import { packageVersion } from "../../version.js";
import { UsageError, asUsageError, type Environment, type Invocation } from "../command.js";
import { openJournal } from "../journal/writer.js";
import { whenHungUp } from "./hangup.js";
import { createLog, logReport, type Log } from "./log.js";
import { offerPage } from "./offerPage.js";
import { explainBusyPort } from "./portOwner.js";
import { reload } from "./reload.js";
import { followSpending } from "./spending.js";
import { userModules, type RunFlags, type UserModules } from "./userModules.js";

/** Runs the proxy until the signal. @returns the exit code */
export async function serve({ flags, sources, stderr, env, signal }: Invocation<RunFlags>): Promise<number> {
  const modules = userModules({ flags, sources, env }, process.cwd());
  const settings = await modules.read();
  const { logLevel: level, logFormat: format } = settings;
  const log = createLog({ level, format, output: stderr, env });
  const options = toProxyOptions(settings);
  if (!options.allowRemote && !isLoopback(options.host)) {
    throw new UsageError(
      `--host ${options.host} can be reached by other machines: that needs --allow-remote, and a network you trust`,
    );
  }
  if (options.recordRedact && options.record === undefined) {
    throw new UsageError("--record-redact says how to record: --record DIR says where");
  }
  if (options.record !== undefined) await prepareRecordings(options.record);
  const proxy = await listen(options, networkOf(options, env), settings.autoPort, log);
  if (!proxy) return 1;
  proxy.reports$.subscribe((report) => logReport(log, report));
  const folder = stateFolder(env);
  const journal = settings.noJournal
    ? undefined
    : openJournal({ folder, onError: (reason) => log("warn", reason) });
  if (journal) proxy.turns$.subscribe(journal.write);
  const endSpending = journal && (await followSpending({ proxy, folder }));
  if (!journal && options.maxExtraTokensPerDay > 0) log("warn", FORGETFUL);
  const forgetBugs = logBugs(log);
  void offerPage(proxy, settings, options, env, log);
  announceModules(modules, options, env, log);
  const hangups =
    modules.names.length > 0 ? whenHungUp(reload({ modules, settings, proxy, log })) : undefined;

  await Promise.race([aborted(signal), ...(hangups ? [hangups.terminalGone] : [])]);
  hangups?.ignore();
  const { open } = proxy.health().counters;
  log(
    "info",
    open === 0 ? "stopping" : `stopping: ${open} turn(s) have ${options.timeouts.drain} s to finish`,
  );
  await proxy.close();
  endSpending?.();
  await journal?.close();
  forgetBugs();
  return 0;
}

const FORGETFUL =
  "without a journal --max-extra-tokens-per-day knows nothing of what was spent before, or by others";

/** @throws UsageError for a folder that cannot be made or written to */
async function prepareRecordings(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--record ${folder} cannot be used: ${(error as Error).message}`);
  }
}

/** Says what of the user's own is at work, for it can change everything. */
function announceModules(
  { names, ignored }: UserModules,
  { operators }: ProxyOptions,
  env: Environment,
  log: Log,
): void {
  for (const name of ignored) {
    const own = configFolder(env);
    log(
      "warn",
      `${name} in this folder is not read: to use it, start with --config ${name}, or move it to ${own}`,
    );
  }
  if (names.length === 0) return;
  const { round = [], response = [] } = operators ?? {};
  const all = [...round, ...response].map(nameOf);
  log("info", `using ${names.join(", ")}${all.length > 0 ? `; operators: ${all.join(", ")}` : ""}`, {
    event: "modules",
    names,
  });
}

/** @throws UsageError for a proxy URL or a CA file that cannot be used */
function networkOf(options: ProxyOptions, env: Environment): UpstreamNetwork {
  try {
    return upstreamNetwork(options, env);
  } catch (error) {
    throw asUsageError(error, UnusableNetwork);
  }
}

async function listen(
  options: ProxyOptions,
  network: UpstreamNetwork,
  autoPort: boolean,
  log: Log,
): Promise<ProxyServer | undefined> {
  try {
    const proxy = createProxyServer(options, network);
    const url = await proxy.listen();
    announce(url, options, network, log);
    return proxy;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" && autoPort) {
      log("warn", `port ${options.port} is taken; taking a free one (--auto-port)`);
      return listen({ ...options, port: 0 }, network, false, log);
    }
    if (code === "EADDRINUSE") log("error", await explainBusyPort(options));
    else if (code === "EACCES")
      log("error", `not permitted to listen on port ${options.port}: choose another one, above 1023`);
    else if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      log("error", `cannot listen on ${options.host}: not an address of this machine`);
    else log("error", message);
    return undefined;
  }
}

function announce(
  url: string,
  { upstream, fold, host, allowRemote, record, recordRedact }: ProxyOptions,
  network: UpstreamNetwork,
  log: Log,
): void {
  const to = upstream === "auto" ? "ChatGPT or the OpenAI API, by login" : new URL(upstream).host;
  log("info", `codexcomp ${packageVersion} on ${url} -> ${to} (${modeText(fold)})`, {
    event: "listening",
    url,
  });
  const way = network.describe();
  if (way) log("info", `upstream connections: ${way}`, { event: "network", way });
  log("info", `Codex uses it with this line at the top of config.toml: openai_base_url = "${url}"`);
  if (record !== undefined) {
    const what = recordRedact ? "filler instead of texts" : "the conversations, without credentials";
    log("warn", `recording every turn into ${record}: ${what}`, { event: "recording", folder: record });
  }
  if (allowRemote && !isLoopback(host))
    log("warn", `--allow-remote: whoever can reach ${host} can use this proxy`);
}

/** `fold gpt-5.5*, gpt-5.4*` */
function modeText({ mode, models }: ProxyOptions["fold"]): string {
  return mode === "fold" ? `fold ${models.join(", ")}` : `mode ${mode}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * One turn's error ends that turn. What still gets here is a bug: said once, with its stack and without payloads.
 *
 * @returns ends it
 */
function logBugs(log: Log): () => void {
  const seen = new Set<string>();
  const report = (kind: string) => (error: unknown) => {
    const stack = stackOf(error);
    if (seen.has(stack)) return;
    seen.add(stack);
    log("error", `codexcomp ${packageVersion}: ${kind}: ${stack}`);
  };
  const [onException, onRejection] = [report("uncaught exception"), report("unhandled rejection")];
  process.on("uncaughtException", onException);
  process.on("unhandledRejection", onRejection);
  return () => {
    process.off("uncaughtException", onException);
    process.off("unhandledRejection", onRejection);
  };
}
