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
export function offerPage(
  proxy: ProxyServer,
  { noPage, page, noJournal }: RunSettings,
  { allowRemote }: ProxyOptions,
  env: Environment,
  log: Log,
): void {
  if (noPage || (allowRemote && !page)) return;
  const at = allowRemote ? '"codexcomp page" prints its address' : new URL("/", proxy.url).href;
  log("info", `live page: ${at}`, { event: "page" });
  const loading = import("../page/server/offered.js").then(async ({ keepToken, pageOf }) => {
    const token = allowRemote ? await keepToken(stateFolder(env)) : undefined;
    return pageOf(proxy, { env, journal: !noJournal, token });
  });
  proxy.serveLocally(
    loading.catch((error: unknown) => {
      log("warn", `no live page: its token cannot be kept: ${(error as Error).message}`);
      return () => false;
    }),
  );
}
