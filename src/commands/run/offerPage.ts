import { stateFolder } from "../../service/places.js";
import type { ProxyOptions } from "../../transport/options.js";
import type { ProxyServer } from "../../transport/proxy.js";
import type { Environment } from "../command.js";
import type { Log } from "./log.js";
import type { RunSettings } from "./userModules.js";

/**
 * Serves the live page, unless it is not wanted; to other machines only where it is, and with a token. Loads what it takes:
 * to be called when the proxy listens already.
 */
export async function offerPage(
  proxy: ProxyServer,
  { noPage, page, noJournal }: RunSettings,
  { allowRemote }: ProxyOptions,
  env: Environment,
  log: Log,
): Promise<void> {
  if (noPage || (allowRemote && !page)) return;
  const { keepToken, servePage } = await import("../page/server/offered.js");
  const at = allowRemote ? '"codexcomp page" prints its address' : new URL("/", proxy.url).href;
  log("info", `live page: ${at}`, { event: "page" });
  const journal = !noJournal;
  if (!allowRemote) return servePage(proxy, { env, journal });
  try {
    servePage(proxy, { env, journal, token: await keepToken(stateFolder(env)) });
  } catch (error) {
    log("warn", `no live page: its token cannot be kept: ${(error as Error).message}`);
  }
}
