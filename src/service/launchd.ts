import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { posix } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { existing, ignoreMissing, writeAtomically } from "./atomicFile.js";
import { LABEL, launchdPlist } from "./launchdPlist.js";
import type { Launch } from "./launch.js";
import type { Installation, ServiceManager } from "./manager.js";
import { homeFolder, launchdLog, type Variables } from "./places.js";
import { runTool } from "./tool.js";

/** A user agent of launchd: macOS. */
export const launchd: ServiceManager = {
  kind: "launch agent",
  path: plistPath,
  files: (launch, env) => [{ path: plistPath(env), text: text(launch, env) }],
  restart: `launchctl kickstart -k ${service()}`,
  secrets: "put it into a config file and pass --config PATH",

  async install(launch, env): Promise<Installation> {
    const path = plistPath(env);
    const before = await readFile(path, "utf8").catch(ignoreMissing);
    await mkdir(posix.dirname(launchdLog(homeFolder(env))), { recursive: true });
    await writeAtomically(path, text(launch, env));
    await runTool("launchctl", ["bootout", service()], env);
    // A service that somebody has disabled would not come up, and bootstrap says nothing of it.
    await runTool("launchctl", ["enable", service()], env);
    const reason = await bootstrap(path, env);
    if (reason !== undefined) {
      const byHand = `log in to the desktop, then: launchctl bootstrap ${domain()} ${path}`;
      return { done: false, path, reason, byHand };
    }
    await runTool("launchctl", ["kickstart", service()], env);
    return { done: true, path, updated: before !== undefined, hints: [] };
  },

  async uninstall(env) {
    const path = plistPath(env);
    const log = launchdLog(homeFolder(env));
    const made = await existing([path, log]);
    await runTool("launchctl", ["bootout", service()], env);
    await Promise.all(made.map((file) => rm(file)));
    await rmdir(posix.dirname(log)).catch(() => undefined);
    return made;
  },

  async state(env) {
    const path = plistPath(env);
    const plist = await readFile(path, "utf8").catch(ignoreMissing);
    if (plist === undefined) return { installed: false, path };
    const { code, stdout } = await runTool("launchctl", ["print", service()], env);
    const says = code === 0 ? (/^\s*state = (.+)$/m.exec(stdout)?.[1] ?? "loaded") : "not loaded";
    return { installed: true, path, text: plist, running: says === "running", enabled: code === 0, says };
  },
};

function text(launch: Launch, env: Variables): string {
  return launchdPlist(launch, launchdLog(homeFolder(env)));
}

function plistPath(env: Variables): string {
  return posix.join(homeFolder(env), "Library", "LaunchAgents", `${LABEL}.plist`);
}

function domain(): string {
  return `gui/${process.getuid?.() ?? 0}`;
}

function service(): string {
  return `${domain()}/${LABEL}`;
}

/** bootout returns before the old service is gone, and until then bootstrap fails with 5 (input/output error). */
async function bootstrap(path: string, env: Variables): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { code, stderr } = await runTool("launchctl", ["bootstrap", domain(), path], env);
    if (code === 0) return undefined;
    if (code !== 5 || attempt === 10) return `launchctl bootstrap failed: ${stderr || "no launchctl here"}`;
    await delay(300);
  }
}
