import { spawn, type ChildProcess } from "node:child_process";

/**
 * Sees to it that a command does not outlive us: its proxy is gone when we are, and Codex would try for ever to reach it.
 * What is killed cannot act, so a shell waits for the end of a pipe that we hold, and then ends the command by SIGTERM. Not
 * on Windows, which has no such shell.
 *
 * @returns that it need not any more
 */
export function endWithUs({ pid }: ChildProcess): () => void {
  if (process.platform === "win32" || pid === undefined) return () => {};
  // In a session of its own, out of the reach of Ctrl-C.
  const watcher = spawn("/bin/sh", ["-c", 'read -r _; kill "$1"', "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Without a shell there is nobody to wait, and the command runs all the same.
  watcher.on("error", () => {});
  watcher.stdin.on("error", () => {});
  watcher.unref();
  return () => void watcher.kill("SIGKILL");
}
