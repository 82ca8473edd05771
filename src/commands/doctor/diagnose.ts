import { portIn } from "../../service/launch.js";
import type { ServiceManager, ServiceState } from "../../service/manager.js";
import { managerOf } from "../../service/platform.js";
import type { Environment, FlagValues } from "../command.js";
import { destinationOf } from "../wire/check.js";
import { askHealth } from "../wire/health.js";
import { checkClock } from "./checks/clock.js";
import { checkCodex } from "./checks/codex.js";
import { checkEnvFile } from "./checks/envFile.js";
import { checkLogin, loginOf } from "./checks/login.js";
import { checkModel } from "./checks/model.js";
import { checkNode } from "./checks/node.js";
import { checkPort } from "./checks/port.js";
import { checkProxies } from "./checks/proxies.js";
import { checkService } from "./checks/service.js";
import { checkUpstreams } from "./checks/upstreams.js";
import { checkWiring } from "./checks/wiring.js";
import type { doctorFlags } from "./doctor.js";
import type { Finding } from "./finding.js";
import { checkSelf, selfTest } from "./selfTest.js";

export type DiagnoseOptions = Omit<FlagValues<typeof doctorFlags>, "json"> & {
  readonly env: Environment;
  readonly platform?: NodeJS.Platform;
  /** Folds a cut response; throws where it does not come out right. */
  readonly selfTest?: () => Promise<string>;
  readonly lookUp?: (name: string) => Promise<unknown>;
};

/** All checks, in the order in which to read them. Those that wait for something wait together. */
export async function diagnose(options: DiagnoseOptions): Promise<Finding[]> {
  const { env, platform = process.platform, codexHome } = options;
  const manager = managerOf(platform);
  const destination = await destinationOf(codexHome, env);
  const address =
    destination.kind === "local" ? destination.address : { host: "127.0.0.1", port: options.port };
  const [service, listener, login] = await Promise.all([
    manager?.state(env),
    askHealth(address),
    loginOf(codexHome, env),
  ]);
  const isWired = destination.kind === "local";
  const mend = mendBy(service, manager, address.port);

  const groups = await Promise.all([
    checkNode(process.versions.node),
    checkSelf(options.selfTest ?? selfTest),
    checkCodex(env, platform),
    checkLogin(login),
    checkWiring(destination, codexHome, env),
    checkModel(listener, codexHome, env),
    checkPort({ address, listener, isWired, mend, platform, env }),
    checkService({ service, manager, destination, platform }),
    checkProxies(env),
    checkEnvFile(codexHome, env),
    checkUpstreams({ ...options, login: login.kind }).then(({ findings, clock }) => [
      ...findings,
      checkClock(clock, platform),
    ]),
  ]);
  return groups.flat();
}

/** The command that brings together a port and the service, if one is installed. */
function mendBy(
  service: ServiceState | undefined,
  manager: ServiceManager | undefined,
  port: number,
): string | undefined {
  if (!service?.installed) return undefined;
  const listens = portIn(service.text ?? "");
  return listens === port ? manager?.restart : `codexcomp wire --port ${listens}`;
}
