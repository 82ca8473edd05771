import { portIn } from "../../../service/launch.js";
import type { ServiceManager, ServiceState } from "../../../service/manager.js";
import type { Destination } from "../../wire/check.js";
import { findings, type Finding } from "../finding.js";

interface ServiceSituation {
  readonly service: ServiceState | undefined;
  readonly manager: ServiceManager | undefined;
  readonly destination: Destination;
  readonly platform: NodeJS.Platform;
}

/** The state of the service that starts at login. */
export function checkService({ service, manager, destination, platform }: ServiceSituation): Finding {
  const { ok, warn, fail, skipped } = findings("service", "Service");
  if (!service || !manager) return skipped(`nothing is registered on ${platform}`);
  if (!service.installed) return ok("not installed, and need not be (codexcomp install-service)");
  const { running, enabled, says = "", text = "" } = service;
  if (running === undefined)
    return warn(`installed, but its state cannot be read: ${says}`, "codexcomp install-service");
  if (!running) return fail(`installed, but ${says || "not running"}`, manager.restart);

  const port = portIn(text);
  if (destination.kind === "local" && destination.address.port !== port) {
    const wired = destination.address.port;
    return fail(`listens on port ${port}, while Codex is wired to ${wired}`, `codexcomp wire --port ${port}`);
  }
  if (!enabled) return warn(`${says}, but does not start at login`, "codexcomp install-service");
  return ok(`${says}, on port ${port}`);
}
