import { setTimeout as delay } from "node:timers/promises";
import type { ServiceFile, ServiceManager } from "../../service/manager.js";
import { managerOf } from "../../service/platform.js";
import { windowsInstructions } from "../../service/windowsShortcut.js";
import { UsageError, type Invocation } from "../command.js";
import { destinationOf } from "../wire/check.js";
import { askHealth, type Address } from "../wire/health.js";
import { launchOf, type Install } from "./launchOf.js";

export async function install(invocation: Install): Promise<number> {
  const { flags, stdout, env } = invocation;
  const platform = flags.platform ?? process.platform;
  if (platform !== process.platform && !flags.print) {
    throw new UsageError("--platform is for --print: a service can only be installed on this platform");
  }
  const manager = managerOf(platform);
  const { launch, warnings } = launchOf(invocation, platform, manager?.secrets);
  const warn = (warning: string): void => void invocation.stderr.write(`codexcomp: ${warning}\n`);
  warnings.forEach(warn);

  if (platform === "win32") {
    stdout.write(windowsInstructions(launch));
    return 0;
  }
  if (!manager) throw new Error(`no autostart for ${platform}; have this started at login: codexcomp run`);
  if (flags.print) {
    const files = manager.files(launch, env);
    warn(`this would be written to ${files.map(({ path }) => path).join(" and ")}`);
    stdout.write(shownFiles(files));
    return 0;
  }

  const address = { host: reachable(flags.host), port: flags.port };
  const busy = (await manager.state(env)).running ? undefined : await whoIsOn(address);
  const result = await manager.install(launch, env);
  if (!result.done) {
    stdout.write(shownFiles(manager.files(launch, env)));
    warn(`not installed: ${result.reason}`);
    warn(result.byHand);
    return 1;
  }
  stdout.write(`${result.updated ? "Updated" : "Installed"} the ${manager.kind} ${result.path}\n`);
  const isUp = await comesUp(manager, address, invocation);
  if (isUp) stdout.write(`codexcomp runs on port ${flags.port}, now and after every login\n`);
  else warn(`it does not answer on port ${flags.port}${busy ?? ""}; see codexcomp logs`);
  result.hints.forEach((hint) => stdout.write(`${hint}\n`));
  const remark = await wiringRemark(flags.port, env);
  if (remark) warn(remark);
  return isUp ? 0 : 1;
}

/** One file as it is; of several, each behind its name. */
function shownFiles(files: readonly ServiceFile[]): string {
  if (files.length === 1) return files[0]?.text ?? "";
  return files.map(({ path, text }) => `# ${path}\n${text}`).join("\n");
}

/** Where to reach a server that listens on an address which may stand for all. */
function reachable(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}

async function whoIsOn(address: Address): Promise<string | undefined> {
  const { kind } = await askHealth(address);
  if (kind === "nobody") return undefined;
  return kind === "codexcomp"
    ? ": another codexcomp has it; stop that one and run this again"
    : ": another program has it; choose one with --port";
}

/** Waits until the service runs and answers. Five seconds, because node may start slowly at a cold start. */
async function comesUp(
  manager: ServiceManager,
  address: Address,
  { env, signal }: Install,
): Promise<boolean> {
  for (let attempt = 0; attempt < 20 && !signal.aborted; attempt++) {
    const [{ running, says }, { kind }] = await Promise.all([manager.state(env), askHealth(address)]);
    if (running && kind === "codexcomp") return true;
    if (says === "failed") return false;
    await delay(250);
  }
  return false;
}

async function wiringRemark(port: number, env: Install["env"]): Promise<string | undefined> {
  const destination = await destinationOf(undefined, env);
  if (destination.kind === "local" && destination.address.port === port) return undefined;
  const flag = port === 8787 ? "" : ` --port ${port}`;
  if (destination.kind === "local") {
    return `Codex is wired to port ${destination.address.port}, the service listens on ${port}: codexcomp wire${flag}`;
  }
  return `Codex does not use it yet (${destination.says}): codexcomp wire${flag}`;
}

export async function uninstall({ stdout, stderr, env }: Invocation): Promise<number> {
  const manager = managerOf(process.platform);
  if (!manager) {
    stdout.write(
      "codexcomp registers nothing on this platform. A shortcut in shell:startup can be deleted there.\n",
    );
    return 0;
  }
  const removed = await manager.uninstall(env);
  stdout.write(
    removed.length === 0 ? "No service is installed\n" : removed.map((path) => `Removed ${path}\n`).join(""),
  );

  const destination = await destinationOf(undefined, env);
  if (destination.kind === "local" && (await askHealth(destination.address)).kind === "nobody") {
    stderr.write(
      `codexcomp: Codex is still wired to ${destination.url}, where nothing runs now: codexcomp unwire\n`,
    );
  }
  return 0;
}
