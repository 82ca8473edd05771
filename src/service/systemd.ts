import { access, readFile, rm, rmdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { existing, ignoreMissing, writeAtomically } from "./atomicFile.js";
import type { Installation, ServiceManager } from "./manager.js";
import { unitFolder, type Variables } from "./places.js";
import { systemdUnit, UNIT_NAME } from "./systemdUnit.js";
import { runTool } from "./tool.js";

/** A user unit of systemd: Linux, and WSL where systemd is switched on. */
export const systemd: ServiceManager = {
  kind: "systemd user unit",
  path: unitPath,
  text: (launch) => systemdUnit(launch),
  restart: `systemctl --user restart ${UNIT_NAME}`,
  secrets: `run "systemctl --user edit ${UNIT_NAME}" and add [Service] and Environment=NAME=VALUE`,

  async install(launch, env): Promise<Installation> {
    const path = unitPath(env);
    const reason = await whyUnusable(env);
    if (reason !== undefined) {
      const byHand = `save this as ${path}, then: systemctl --user enable --now ${UNIT_NAME}`;
      return { done: false, path, reason, byHand };
    }
    const before = await readFile(path, "utf8").catch(ignoreMissing);
    await writeAtomically(path, systemdUnit(launch));
    await systemctl(env, "daemon-reload");
    await systemctl(env, "enable", UNIT_NAME);
    // Five starts too quick make systemd refuse the sixth; a new file deserves a new chance.
    await runTool("systemctl", ["--user", "reset-failed", UNIT_NAME], env);
    await systemctl(env, "restart", UNIT_NAME);
    return { done: true, path, updated: before !== undefined, hints: await lingerHint(env) };
  },

  async uninstall(env) {
    const path = unitPath(env);
    const wanted = join(unitFolder(env), "default.target.wants", UNIT_NAME);
    const made = await existing([path, wanted]);
    if (made.length === 0) return [];
    const isReachable = (await whyUnusable(env)) === undefined;
    if (isReachable) await runTool("systemctl", ["--user", "disable", "--now", UNIT_NAME], env);
    // Also what systemctl could not remove, because there is no manager to talk to.
    await Promise.all([path, wanted].map((file) => rm(file, { force: true })));
    for (const folder of [dirname(wanted), dirname(path), dirname(dirname(path))]) {
      // Only empty ones go: others have units of their own in there.
      await rmdir(folder).catch(() => undefined);
    }
    if (isReachable) {
      await systemctl(env, "daemon-reload");
      await runTool("systemctl", ["--user", "reset-failed", UNIT_NAME], env);
    }
    return made;
  },

  async state(env) {
    const path = unitPath(env);
    const text = await readFile(path, "utf8").catch(ignoreMissing);
    if (text === undefined) return { installed: false, path };
    const reason = await whyUnusable(env);
    if (reason !== undefined) return { installed: true, path, text, says: reason };
    const [active, enabled] = await Promise.all([
      runTool("systemctl", ["--user", "is-active", UNIT_NAME], env),
      runTool("systemctl", ["--user", "is-enabled", UNIT_NAME], env),
    ]);
    return {
      installed: true,
      path,
      text,
      running: active.code === 0,
      enabled: enabled.code === 0,
      says: active.stdout.trim(),
    };
  },
};

function unitPath(env: Variables): string {
  return join(unitFolder(env), UNIT_NAME);
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
