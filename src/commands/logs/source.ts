import { homeFolder, launchdLog, windowlessLog } from "../../service/places.js";
import type { Environment } from "../command.js";

/** Where a service's log is. */
export type LogSource = { readonly kind: "file"; readonly path: string } | { readonly kind: "systemd" };

/** Where the platform keeps the service's log. */
export function logSource(platform: NodeJS.Platform, env: Environment): LogSource {
  if (platform === "win32") return { kind: "file", path: windowlessLog(env) };
  if (platform === "darwin") return { kind: "file", path: launchdLog(homeFolder(env)) };
  return { kind: "systemd" };
}
