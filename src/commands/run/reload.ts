import { isDeepStrictEqual } from "node:util";
import { toProxyOptions } from "../../options/proxyOptions.js";
import type { ProxyServer } from "../../transport/proxy.js";
import { kebabCase } from "../parsing/values.js";
import type { Log } from "./log.js";
import type { RunSettings, UserModules } from "./userModules.js";

/** What takes a restart to change: what the process has opened by it. */
const FIXED = [
  ...(["host", "port", "autoPort", "allowRemote", "allowHost", "proxy", "caFile"] as const),
  ...(["connectTimeout", "firstByteTimeout", "idleTimeout", "drainTimeout"] as const),
  ...(["maxHistoryBytes", "instance"] as const),
  ...(["metrics", "record", "recordRedact", "noJournal", "noPage", "page", "logLevel"] as const),
  ...(["logFormat"] as const),
];

export interface ReloadOptions {
  readonly modules: UserModules;
  /** Those the process began with. */
  readonly settings: RunSettings;
  readonly proxy: Pick<ProxyServer, "reconfigure">;
  readonly log: Log;
}

/**
 * Makes what reads the user's modules again: new turns use what they say then; what cannot be used changes nothing.
 *
 * @returns a function that never throws; calls follow one another
 */
export function reload({ modules, settings, proxy, log }: ReloadOptions): () => void {
  const names = modules.names.join(", ");
  const readAgain = async (): Promise<void> => {
    try {
      const fresh = await modules.read();
      proxy.reconfigure(toProxyOptions(fresh));
      log("info", `reloaded ${names}: new turns use it`, { event: "reload" });
      const fixed = FIXED.filter((name) => !isDeepStrictEqual(fresh[name], settings[name]));
      if (fixed.length > 0)
        log("warn", `changed, but not before a restart: ${fixed.map(kebabCase).join(", ")}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log("error", `not reloaded, going on as before: ${why.replace(/\s*\n\s*/g, " ")}`, { event: "reload" });
    }
  };
  let last = Promise.resolve();
  return () => void (last = last.then(readAgain));
}
