import { spawnSync } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Launch } from "../../src/service/launch.js";
import { systemd } from "../../src/service/systemd.js";
import { systemdUnit } from "../../src/service/systemdUnit.js";
import { canRunSystemd, startUserSystemd, type UserSystemd } from "./userSystemd.js";
import { freePort } from "../transport/support/upstreams.js";

const HOSTILE = [
  "$HOME ${PATH}",
  "100% %h",
  'a "b" c',
  "it's",
  "back\\slash \\n",
  ";",
  "",
  "tab\there",
  "line\nbreak",
  "é ☃",
  "-x=y",
];

const launch = (more: Partial<Launch> = {}): Launch => ({
  node: process.execPath,
  script: fileURLToPath(new URL("fakeProxy.mjs", import.meta.url)),
  args: ["run", "--port=8787"],
  variables: {},
  ...more,
});

describe("systemdUnit", () => {
  const lines = (unit: string) => unit.split("\n");

  it("starts the script with absolute paths, and again when it fails", () => {
    const unit = systemdUnit({ ...launch(), node: "/usr/bin/node", script: "/opt/codexcomp/dist/cli.js" });
    expect(lines(unit)).toContain("ExecStart=/usr/bin/node /opt/codexcomp/dist/cli.js run --port=8787");
    expect(lines(unit)).toContain("Restart=on-failure");
    expect(lines(unit)).toContain("WantedBy=default.target");
  });

  it("escapes what systemd would expand", () => {
    const unit = systemdUnit({
      node: "/a b/$x/50%/node",
      script: "/s",
      args: HOSTILE.slice(0, 3),
      variables: { NO_PROXY: "a b,%h,$x" },
    });
    expect(lines(unit)).toContain(
      `ExecStart="/a b/$x/50%%/node" /s "$$HOME $\${PATH}" "100%% %%h" "a \\"b\\" c"`,
    );
    expect(lines(unit)).toContain('Environment="NO_PROXY=a b,%%h,$x"');
  });

  it.runIf(spawnSync("systemd-analyze", ["--version"]).status === 0)(
    "passes systemd-analyze verify",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "codexcomp-unit-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const path = join(folder, "codexcomp.service");
      await writeFile(path, systemdUnit(launch({ args: HOSTILE, variables: { NO_PROXY: "a b,%h" } })));
      const env = { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder };
      const { status, stderr } = spawnSync("systemd-analyze", ["--user", "verify", path], {
        env,
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([0, ""]);
    },
  );
});

describe.runIf(canRunSystemd)("a real user systemd", () => {
  let manager: UserSystemd | undefined;
  beforeAll(async () => void (manager = await startUserSystemd()), 60_000);
  afterAll(async () => manager?.stop(), 60_000);

  it("runs the service with the very arguments, restarts it, updates it, and forgets it", async ({
    skip,
  }) => {
    if (!manager) return skip("the user manager does not come up here");
    const { env } = manager;
    const port = await freePort();
    const args = ["run", `--port=${port}`, ...HOSTILE];
    // A program whose path needs escaping, too.
    const folder = join(env["HOME"] as string, "50% $HOME");
    await mkdir(folder);
    await symlink(process.execPath, join(folder, "node"));

    const installed = await systemd.install(
      launch({ node: join(folder, "node"), args, variables: { NO_PROXY: "a b,%h" } }),
      env,
    );
    expect(installed).toMatchObject({ done: true, updated: false });
    const first = await startedOn(port);
    expect(first).toMatchObject({ args, env: { NO_PROXY: "a b,%h" } });
    expect(await systemd.state(env)).toMatchObject({
      installed: true,
      running: true,
      enabled: true,
      says: "active",
    });

    await fetch(`http://127.0.0.1:${port}/crash`).catch(() => undefined);
    expect((await startedOn(port)).pid).not.toBe(first.pid);

    const other = await freePort();
    expect(await systemd.install(launch({ args: ["run", `--port=${other}`] }), env)).toMatchObject({
      updated: true,
    });
    expect((await startedOn(other)).args).toEqual(["run", `--port=${other}`]);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();

    const unit = join(env["HOME"] as string, ".config/systemd/user/codexcomp.service");
    const wanted = join(env["HOME"] as string, ".config/systemd/user/default.target.wants/codexcomp.service");
    expect(await systemd.uninstall(env)).toEqual([unit, wanted]);
    await expect(readFile(unit)).rejects.toThrow("ENOENT");
    await expect(readFile(wanted)).rejects.toThrow("ENOENT");
    await expect(fetch(`http://127.0.0.1:${other}/`)).rejects.toThrow();
    expect(await systemd.state(env)).toMatchObject({ installed: false });
    expect(await systemd.uninstall(env)).toEqual([]);
  }, 60_000);

  it("does not try again after wrong usage", async ({ skip }) => {
    if (!manager) return skip("the user manager does not come up here");
    const { env } = manager;
    await systemd.install(launch({ script: "-e", args: ["process.exit(2)"] }), env);
    await expect.poll(async () => (await systemd.state(env)).says, { timeout: 30_000 }).toBe("failed");
    expect(await systemd.state(env)).toMatchObject({ installed: true, running: false });
    await systemd.uninstall(env);
  }, 60_000);
});

async function startedOn(
  port: number,
): Promise<{ args: string[]; pid: number; env: Record<string, string> }> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Awaited<
        ReturnType<typeof startedOn>
      >;
    } catch (error) {
      if (attempt === 300) throw error;
      await delay(100);
    }
  }
}
