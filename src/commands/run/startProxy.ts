import { access, constants, mkdir } from "node:fs/promises";
import { toProxyOptions } from "../../options/proxyOptions.js";
import { stateFolder } from "../../service/places.js";
import { isLoopback } from "../../transport/downstream/guard.js";
import type { ProxyOptions } from "../../transport/options.js";
import { createProxyServer, type ProxyServer } from "../../transport/proxy.js";
import { upstreamNetwork, type UpstreamNetwork } from "../../transport/upstream/network/network.js";
import { UnusableNetwork } from "../../transport/upstream/network/proxyUrl.js";
import { UsageError, asUsageError, type Environment } from "../command.js";
import { openJournal } from "../../journal/writer.js";
import { logReport, type Log } from "./log.js";
import { logBugs } from "./logBugs.js";
import { explainBusyPort } from "./portOwner.js";
import { followSpending } from "./spending.js";
import type { RunSettings } from "./userModules.js";

/** A proxy that listens, with everything that hangs off it: log, journal, recordings. */
export interface StartedProxy {
  readonly proxy: ProxyServer;
  /** Its base URL. */
  readonly url: string;
  readonly options: ProxyOptions;
  readonly network: UpstreamNetwork;
  /** Lets running turns finish, for a while, and resolves when all is written. */
  stop(): Promise<void>;
}

interface Surrounding {
  readonly log: Log;
  /** A descriptor that is listening already. */
  readonly inherited?: number | undefined;
}

/**
 * Starts a proxy.
 *
 * @returns `undefined` where it cannot listen; the log says why
 * @throws UsageError for settings that cannot be used
 */
export async function startProxy(
  settings: RunSettings,
  { env, log, inherited }: Surrounding & { readonly env: Environment },
): Promise<StartedProxy | undefined> {
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
  const network = networkOf(options, env);
  const proxy = await listen(options, network, settings.autoPort, { log, inherited });
  if (proxy?.url === undefined) return undefined;
  proxy.reports$.subscribe((report) => logReport(log, report));
  const folder = stateFolder(env);
  const journal = settings.noJournal
    ? undefined
    : openJournal({ folder, onError: (reason) => log("warn", reason) });
  if (journal) proxy.turns$.subscribe(journal.write);
  const endSpending = journal && (await followSpending({ proxy, folder }));
  if (!journal && options.maxExtraTokensPerDay > 0) log("warn", FORGETFUL);
  const forgetBugs = logBugs(log);
  return {
    proxy,
    url: proxy.url,
    options,
    network,
    stop: async () => {
      await proxy.close();
      endSpending?.();
      await journal?.close();
      forgetBugs();
    },
  };
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
  { log, inherited }: Surrounding,
): Promise<ProxyServer | undefined> {
  try {
    const proxy = createProxyServer(options, network);
    await proxy.listen(inherited);
    return proxy;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" && autoPort) {
      log("warn", `port ${options.port} is taken; taking a free one (--auto-port)`);
      return listen({ ...options, port: 0 }, network, false, { log });
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
