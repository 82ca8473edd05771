import { launchd } from "./launchd.js";
import type { ServiceManager } from "./manager.js";
import { systemd } from "./systemd.js";

/** The service manager of a platform; none on Windows, where nothing is registered, nor on others. */
export function managerOf(platform: NodeJS.Platform): ServiceManager | undefined {
  if (platform === "linux") return systemd;
  return platform === "darwin" ? launchd : undefined;
}
