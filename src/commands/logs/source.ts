import { existsSync } from "node:fs";
import { homeFolder, launchdLog, logFile } from "../../service/places.js";
import { managerOf } from "../../service/platform.js";
import type { Environment } from "../command.js";

/** Where a log is. */
export type LogSource = { readonly kind: "file"; readonly path: string } | { readonly kind: "systemd" };

/**
 * The log of the service where one is installed; else that of proxies that run a command, and of `codexcompw`.
 *
 * @param own that, whatever is installed
 */
export function logSource(platform: NodeJS.Platform, env: Environment, own: boolean): LogSource {
  const unit = managerOf(platform)?.path(env);
  if (own || unit === undefined || !existsSync(unit)) return { kind: "file", path: logFile(env) };
  return platform === "darwin" ? { kind: "file", path: launchdLog(homeFolder(env)) } : { kind: "systemd" };
}
