import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Variables } from "../../../src/service/places.js";
import { runTool } from "../../../src/service/tool.js";

/** Whether this machine lets us run a systemd user manager beside whatever it has itself. */
export const canRunSystemd =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  existsSync("/lib/systemd/systemd") &&
  ["unshare", "nsenter", "pgrep", "dbus-daemon", "/usr/bin/systemctl"].every(
    (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0,
  ) &&
  spawnSync("unshare", ["--mount", "--pid", "--fork", "true"]).status === 0;

export interface UserSystemd {
  /** With it, `systemctl --user` talks to this manager. */
  readonly env: Variables;
  stop(): Promise<void>;
}

/** Starts a systemd user manager with an empty home of its own; `undefined` where it does not come up. */
export async function startUserSystemd(): Promise<UserSystemd | undefined> {
  const scratch = mkdtempSync(join(tmpdir(), "codexcomp-systemd-"));
  const run = join(scratch, "run");
  mkdirSync(run, { mode: 0o700 });
  const bin = join(scratch, "bin");
  mkdirSync(bin);
  const env = {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: scratch,
    XDG_RUNTIME_DIR: run,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${run}/bus`,
  };
  const manager = spawn("sh", [fileURLToPath(new URL("userSystemd.sh", import.meta.url)), scratch], {
    env,
    // It ends when its input does: also when this process dies.
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = once(manager, "exit");
  // To be talked to, the manager wants to see the process id of who talks: from inside its own namespace.
  const systemctl =
    "#!/bin/sh\n" +
    `[ -s "${scratch}/pid" ] || pgrep -P ${manager.pid} >"${scratch}/pid"\n` +
    `exec nsenter --target "$(cat "${scratch}/pid")" --mount --pid -- /usr/bin/systemctl "$@"\n`;
  writeFileSync(join(bin, "systemctl"), systemctl, { mode: 0o755 });
  const stop = async (): Promise<void> => {
    manager.kill("SIGKILL");
    await ended;
    await removeGroups(join(scratch, "groups"));
    rmSync(scratch, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 100 && manager.exitCode === null; attempt++) {
    if ((await runTool("systemctl", ["--user", "show-environment"], env)).code === 0) return { env, stop };
    await delay(100);
  }
  await stop();
  return undefined;
}

/** A control group can be removed once its processes are gone, which takes a moment after they were killed. */
async function removeGroups(list: string): Promise<void> {
  const groups = existsSync(list) ? readFileSync(list, "utf8").split("\n").filter(Boolean) : [];
  for (const group of groups) {
    for (let attempt = 0; attempt < 50 && !removeTree(group); attempt++) await delay(100);
  }
}

function removeTree(folder: string): boolean {
  try {
    for (const name of readdirSync(folder)) {
      if (statSync(join(folder, name)).isDirectory()) removeTree(join(folder, name));
    }
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}
