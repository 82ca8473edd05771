import { access, readFile, rm, rmdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { existing, ignoreMissing, writeAtomically } from "./atomicFile.js";
import type { Installation, ServiceManager } from "./manager.js";
import { unitFolder, type Variables } from "./places.js";
import { SOCKET_NAME, systemdSocket, systemdUnit, UNIT_NAME } from "./systemdUnit.js";
import { runTool } from "./tool.js";

/**
 * User units of systemd: Linux, and WSL where systemd is switched on. Where the launch says on which address, a second
 * unit holds the port.
 */
export const systemd: ServiceManager = {
  kind: "systemd user unit",
  path: unitPath,
  files: (launch, env) => [
    { path: unitPath(env), text: systemdUnit(launch) },
    ...(launch.socket === undefined ? [] : [{ path: socketPath(env), text: systemdSocket(launch.socket) }]),
  ],
  restart: `systemctl --user restart ${UNIT_NAME}`,
  secrets: `run "systemctl --user edit ${UNIT_NAME}" and add [Service] and Environment=NAME=VALUE`,

  async install(launch, env): Promise<Installation> {
    const path = unitPath(env);
    const files = systemd.files(launch, env);
    const reason = await whyUnusable(env);
    if (reason !== undefined) {
      const paths = files.map((file) => file.path).join(" and ");
      const names = [UNIT_NAME, ...(files.length > 1 ? [SOCKET_NAME] : [])].join(" ");
      const byHand = `save this as ${paths}, then: systemctl --user enable --now ${names}`;
      return { done: false, path, reason, byHand };
    }
    const before = await readFile(path, "utf8").catch(ignoreMissing);
    const held = await readFile(socketPath(env), "utf8").catch(ignoreMissing);
    const keepsPort = launch.socket !== undefined && held === systemdSocket(launch.socket);
    // A socket is not started beside a service that has its port.
    if (!keepsPort) await runTool("systemctl", ["--user", "stop", SOCKET_NAME, UNIT_NAME], env);
    if (launch.socket === undefined) await removeUnit(SOCKET_NAME, env);
    for (const { path, text } of files) await writeAtomically(path, text);
    await systemctl(env, "daemon-reload");
    // Five starts too quick make systemd refuse the sixth; a new file deserves a new chance.
    await runTool("systemctl", ["--user", "reset-failed", SOCKET_NAME, UNIT_NAME], env);
    if (launch.socket !== undefined) {
      await systemctl(env, "enable", SOCKET_NAME);
      // Where another program has the port, the service cannot start either, and is said not to answer.
      await runTool("systemctl", ["--user", "start", SOCKET_NAME], env);
    }
    await systemctl(env, "enable", UNIT_NAME);
    if (launch.socket === undefined) await systemctl(env, "restart", UNIT_NAME);
    else await runTool("systemctl", ["--user", "restart", UNIT_NAME], env);
    return { done: true, path, updated: before !== undefined, hints: await lingerHint(env) };
  },

  async uninstall(env) {
    const units = [UNIT_NAME, SOCKET_NAME];
    const made = await existing(units.flatMap((name) => [unitFile(name, env), wantedFile(name, env)]));
    if (made.length === 0) return [];
    const isReachable = (await whyUnusable(env)) === undefined;
    // In one go: alone, the socket would start the service again.
    const known = [...units].reverse().filter((name) => made.includes(unitFile(name, env)));
    if (isReachable) await runTool("systemctl", ["--user", "disable", "--now", ...known], env);
    for (const name of units) await removeUnit(name, env);
    const folder = unitFolder(env);
    // Only empty ones go: others have units of their own in there.
    const folders = [...units.map((name) => dirname(wantedFile(name, env))), folder, dirname(folder)];
    for (const each of folders) await rmdir(each).catch(() => undefined);
    if (isReachable) {
      await systemctl(env, "daemon-reload");
      await runTool("systemctl", ["--user", "reset-failed", ...units], env);
    }
    return made;
  },

  async state(env) {
    const path = unitPath(env);
    const text = await readFile(path, "utf8").catch(ignoreMissing);
    if (text === undefined) return { installed: false, path };
    const reason = await whyUnusable(env);
    if (reason !== undefined) return { installed: true, path, text, says: reason };
    const [active, held, enabled] = await Promise.all([
      runTool("systemctl", ["--user", "is-active", UNIT_NAME], env),
      runTool("systemctl", ["--user", "is-active", SOCKET_NAME], env),
      runTool("systemctl", ["--user", "is-enabled", UNIT_NAME], env),
    ]);
    const says = active.stdout.trim();
    const isWaiting = says !== "failed" && active.code !== 0 && held.code === 0;
    return {
      installed: true,
      path,
      text,
      running: active.code === 0 || isWaiting,
      enabled: enabled.code === 0,
      says: isWaiting ? `${says}, and starts with the first request` : says,
    };
  },
};

function unitFile(name: string, env: Variables): string {
  return join(unitFolder(env), name);
}

/** The link that `systemctl enable` makes. */
function wantedFile(name: string, env: Variables): string {
  return join(unitFolder(env), `${name === SOCKET_NAME ? "sockets" : "default"}.target.wants`, name);
}

/** Removes a unit and its link; also where there is no manager to talk to. */
async function removeUnit(name: string, env: Variables): Promise<void> {
  for (const file of [unitFile(name, env), wantedFile(name, env)]) await rm(file, { force: true });
}

function socketPath(env: Variables): string {
  return unitFile(SOCKET_NAME, env);
}

function unitPath(env: Variables): string {
  return unitFile(UNIT_NAME, env);
}

/** Why no user manager can be talked to; `undefined` where one can. */
async function whyUnusable(env: Variables): Promise<string | undefined> {
  const { code, stderr } = await runTool("systemctl", ["--user", "show-environment"], env);
  if (code === 0) return undefined;
  const wsl = env["WSL_DISTRO_NAME"]
    ? '; to switch it on, put "[boot]" and "systemd=true" into /etc/wsl.conf and run "wsl --shutdown" in Windows'
    : "";
  if (code === undefined) return `no systemd here${wsl}`;
  return `systemd has no session for this user (${stderr.split("\n")[0] ?? ""})${wsl}`;
}

/** Without lingering, systemd stops the user's services at logout and starts them at login only. */
async function lingerHint(env: Variables): Promise<string[]> {
  const name = env["USER"] || userInfo().username;
  const lingers = await access(`/var/lib/systemd/linger/${name}`).then(
    () => true,
    () => false,
  );
  return lingers ? [] : [`to keep it running while you are logged out: loginctl enable-linger ${name}`];
}

async function systemctl(env: Variables, ...args: string[]): Promise<void> {
  const { code, stderr } = await runTool("systemctl", ["--user", ...args], env);
  if (code !== 0) throw new Error(`systemctl --user ${args.join(" ")} failed: ${stderr || "no answer"}`);
}
