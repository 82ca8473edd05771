import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { round, simulatedUpstream, type Script } from "../../../src/testing/index.js";
import { runTool } from "../../../src/service/tool.js";
import type { Variables } from "../../../src/service/places.js";
import { systemd } from "../../../src/service/systemd.js";
import { HOSTILE, launch } from "../../service/launches.js";
import { runTurn } from "../../transport/support/turns.js";
import { freePort } from "../../transport/support/upstreams.js";
import { canRunSystemd, startUserSystemd, type UserSystemd } from "./userSystemd.js";

const CLI = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));

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

  /** The real program in front of an upstream that answers when it is told to. */
  async function held(script: Exclude<Script, readonly unknown[]>) {
    const upstream = await simulatedUpstream({ script });
    onTestFinished(() => upstream.close());
    const port = await freePort();
    const args = ["run", `--port=${port}`, `--upstream=${upstream.url}/v1`, "--no-journal"];
    const real = launch({ script: CLI, args, socket: `127.0.0.1:${port}` });
    const ask = () =>
      runTurn(`http://127.0.0.1:${port}/v1`).then(
        ({ text }) => text,
        () => "lost",
      );
    return { upstream, port, real, ask };
  }

  const main = async (env: Variables) =>
    (
      await runTool(
        "systemctl",
        ["--user", "show", "--property=MainPID", "--value", "codexcomp.service"],
        env,
      )
    ).stdout;

  it.skipIf(!existsSync(CLI))(
    "with a socket, a proxy that is killed loses the two turns that it had, and nobody who comes next",
    async ({ skip }) => {
      if (!manager) return skip("the user manager does not come up here");
      const { env } = manager;
      let release = (): void => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      onTestFinished(release);
      const { upstream, real, ask } = await held(({ number }) => ({
        events: round({ seed: number }).reasoning(100).message("whole").completed(),
        before: () => (number <= 2 ? released : undefined),
      }));
      expect(await systemd.install(real, env)).toMatchObject({ done: true, updated: false });
      const first = await main(env);

      const turns = [ask(), ask()];
      await expect.poll(() => upstream.requests.length, { timeout: 20_000 }).toBe(2);
      await runTool("systemctl", ["--user", "kill", "--signal=SIGKILL", "codexcomp.service"], env);
      // At once, while there is no process.
      const next = await Promise.all([ask(), ask(), ask()]);
      for (const text of next) expect(text).toContain("response.completed");
      for (const text of await Promise.all(turns)) expect(text).not.toContain("response.completed");
      expect(await main(env)).not.toBe(first);
      expect(await systemd.state(env)).toMatchObject({ installed: true, running: true, enabled: true });

      // Stopped, the first request starts it.
      await runTool("systemctl", ["--user", "stop", "codexcomp.service"], env);
      expect(await systemd.state(env)).toMatchObject({
        running: true,
        says: expect.stringContaining("starts with the first request"),
      });
      expect(await ask()).toContain("response.completed");

      // An update of the service leaves the port alone.
      const updating = systemd.install({ ...real, args: [...real.args, "--mode=observe"] }, env);
      const meanwhile = [];
      for (let turn = 0; turn < 5; turn++) meanwhile.push(await ask());
      expect(await updating).toMatchObject({ updated: true });
      for (const text of meanwhile) expect(text).toContain("response.completed");
      await systemd.uninstall(env);
    },
    120_000,
  );

  it.skipIf(!existsSync(CLI))(
    "takes the port from a service that was installed without a socket, and forgets both",
    async ({ skip }) => {
      if (!manager) return skip("the user manager does not come up here");
      const { env } = manager;
      const { real, ask, port } = await held(() => round().reasoning(100).message("whole").completed());
      await systemd.install({ ...real, socket: undefined }, env);
      await expect.poll(ask, { timeout: 20_000 }).toContain("response.completed");
      expect(await systemd.install(real, env)).toMatchObject({ done: true, updated: true });
      expect(await ask()).toContain("response.completed");
      expect((await runTool("systemctl", ["--user", "is-active", "codexcomp.socket"], env)).code).toBe(0);

      const other = await freePort();
      const moved = { ...real, args: real.args.map((arg) => arg.replace(`${port}`, `${other}`)) };
      await systemd.install({ ...moved, socket: `127.0.0.1:${other}` }, env);
      await expect(runTurn(`http://127.0.0.1:${port}/v1`)).rejects.toThrow();
      expect((await runTurn(`http://127.0.0.1:${other}/v1`)).text).toContain("response.completed");

      const units = join(env["HOME"] as string, ".config/systemd/user");
      expect(await systemd.uninstall(env)).toEqual(
        ["", "default.target.wants/", "", "sockets.target.wants/"].map((folder, i) =>
          join(units, `${folder}codexcomp.${i < 2 ? "service" : "socket"}`),
        ),
      );
      await expect(runTurn(`http://127.0.0.1:${other}/v1`)).rejects.toThrow();
      await expect(readdir(units)).rejects.toThrow("ENOENT");
    },
    120_000,
  );

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
