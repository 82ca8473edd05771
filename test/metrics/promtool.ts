import { spawnSync } from "node:child_process";

/** Prometheus' own tool, which Debian's package `prometheus` brings. */
export const hasPromtool = spawnSync("promtool", ["--version"]).error === undefined;

if (!hasPromtool)
  process.stderr.write(
    "SKIPPED: what promtool checks; there is no promtool (Debian: apt install prometheus)\n",
  );

/** Runs promtool. @returns what it says, and 0 where it has nothing to complain of */
export function promtool(args: readonly string[], input = ""): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}
