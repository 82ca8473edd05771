import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fakeTool, type FakeTool } from "../../service/fakeTool.js";
import { runLine, type Captured } from "../capture.js";
import { scratchHome, type ScratchHome } from "../scratchHome.js";

const UNIT = ".config/systemd/user/codexcomp.service";

interface Machine {
  readonly home: ScratchHome;
  readonly systemctl: FakeTool;
  run(...argv: string[]): Promise<Captured>;
}

/** A machine whose `systemctl` does what it is told. */
async function machine(script?: string, more: Record<string, string> = {}): Promise<Machine> {
  const home = await scratchHome();
  const systemctl = await fakeTool(home.path, "systemctl", script);
  const env = { ...home.env, USER: "nobody-lingers", ...more, PATH: systemctl.path };
  return { home, systemctl, run: (...argv) => runLine(argv, { env }) };
}

/** Stands in for the proxy that the service would start. */
async function healthy(): Promise<number> {
  const server = createServer((_request, response) => {
    response.end('{"ok":true,"version":"1.2.3","upstream":"auto"}');
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const execStart = (unit: string) => /^ExecStart=\S+ \S+ (.*)$/m.exec(unit)?.[1];

describe("install-service --print", () => {
  it.each([
    ["linux", "[Install]\nWantedBy=default.target\n"],
    ["darwin", "<key>Label</key>"],
    ["win32", "shell:startup"],
  ])("shows for %s what would be written, and writes nothing", async (platform, part) => {
    const { run, home, systemctl } = await machine();
    const files = await home.files();
    const { code, stdout } = await run("install-service", "--print", "--platform", platform, "--port=9000");
    expect(code).toBe(0);
    expect(stdout).toContain(part);
    expect(stdout).toContain("--port=9000");
    expect(stdout).toContain(platform === "win32" ? "codexcompw.js" : "cli.js");
    expect(await home.files()).toEqual(files);
    expect(await systemctl.calls()).toEqual([]);
  });

  it("passes on the flags that were given, with absolute paths", async () => {
    const { run } = await machine();
    const { stdout } = await run(
      ..."install-service --print --platform linux --mode observe --use a.js --use b.js --no-journal --max-n 0".split(
        " ",
      ),
    );
    expect(execStart(stdout)).toBe(
      `run --port=8787 --mode=observe --max-n=0 --use=${resolve("a.js")} --use=${resolve("b.js")} --no-journal`,
    );
  });

  it("passes on what the environment says: the service does not have that", async () => {
    const { run } = await machine(undefined, { CODEXCOMP_PORT: "9000", CODEXCOMP_MODELS: "gpt-5.5" });
    const { stdout } = await run("install-service", "--print", "--platform", "linux");
    expect(execStart(stdout)).toBe("run --port=9000 --models=gpt-5.5");
  });

  it("takes proxies along, but no passwords", async () => {
    const { run } = await machine(undefined, {
      HTTPS_PROXY: "http://me:pass@proxy:1",
      NO_PROXY: "localhost",
      CODEXCOMP_PROXY: "http://me:pass@proxy:1",
    });
    const { stdout, stderr } = await run("install-service", "--print", "--platform", "linux");
    expect(stdout).toContain('Environment="NO_PROXY=localhost"');
    expect(stderr).toContain("CODEXCOMP_PROXY, HTTPS_PROXY may have a password");
    expect(stderr).toContain("systemctl --user edit codexcomp.service");
    expect(stdout + stderr).not.toContain("pass@");
  });
});

describe("install-service", () => {
  it.each([
    [["--nonsense"], "unknown flag --nonsense"],
    [["--port=x"], "--port must be"],
    [["--auto-port"], "a port of its own"],
    [["--port=0"], "a port of its own"],
    [["--proxy=http://me:secret@proxy:1"], "--proxy has a password"],
    [["--platform=win32"], "--print"],
  ])("refuses %j", async ([flag = ""], reason) => {
    const { run, systemctl } = await machine();
    const { code, stderr } = await run("install-service", flag);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
    expect(stderr).not.toContain("secret");
    expect(await systemctl.calls()).toEqual([]);
  });
});

describe.runIf(process.platform === "linux")("install-service on Linux", () => {
  it("installs, waits until it answers, and says what is left to do", async () => {
    const { run, home, systemctl } = await machine();
    const port = await healthy();
    const { code, stdout, stderr } = await run("install-service", `--port=${port}`);
    expect(code).toBe(0);
    expect(stdout).toContain(`Installed the systemd user unit ${home.path}/${UNIT}`);
    expect(stdout).toContain(`codexcomp runs on port ${port}`);
    expect(stdout).toContain("loginctl enable-linger nobody-lingers");
    expect(stderr).toContain(`codexcomp wire --port ${port}`);
    const calls = await systemctl.calls();
    expect(calls.filter((call) => /reload|enable |restart/.test(call))).toEqual([
      "--user daemon-reload",
      "--user enable codexcomp.socket",
      "--user enable codexcomp.service",
      "--user restart codexcomp.service",
    ]);
    expect((await run("install-service", `--port=${port}`)).stdout).toContain("Updated");
  });

  it("says so when Codex is wired to another port", async () => {
    const { run, home } = await machine();
    const port = await healthy();
    await home.write(".codex/config.toml", 'openai_base_url = "http://127.0.0.1:1/v1"\n');
    const { stderr } = await run("install-service", `--port=${port}`);
    expect(stderr).toContain(`Codex is wired to port 1, the service listens on ${port}`);
  });

  it("fails when the service does not answer, and names its log", async () => {
    const { run } = await machine(`[ "$2" = is-active ] && { echo failed; exit 3; }; exit 0`);
    const { code, stderr } = await run("install-service", "--port=1");
    expect([code, stderr]).toEqual([1, expect.stringContaining("codexcomp logs")]);
  });

  it("prints the unit where there is no systemd, and tells WSL users how to get it", async () => {
    const { run, home } = await machine(`echo "Failed to connect to bus: no such file" >&2; exit 1`, {
      WSL_DISTRO_NAME: "Debian",
    });
    const { code, stdout, stderr } = await run("install-service");
    expect(code).toBe(1);
    expect(stdout).toContain("ExecStart=");
    expect(stderr).toContain("Failed to connect to bus");
    expect(stderr).toContain("/etc/wsl.conf");
    expect(stderr).toContain(`save this as ${home.path}/${UNIT}`);
    expect(await home.files()).not.toContain(UNIT);
  });

  it("is undone without a trace, and says that Codex still looks for it", async () => {
    const { run, home, systemctl } = await machine();
    const before = await home.files();
    const port = await healthy();
    await run("install-service", `--port=${port}`);
    await home.write(".codex/config.toml", 'openai_base_url = "http://127.0.0.1:1/v1"\n');
    const { code, stdout, stderr } = await run("uninstall-service");
    const socket = UNIT.replace(".service", ".socket");
    expect([code, stdout]).toEqual([0, `Removed ${home.path}/${UNIT}\nRemoved ${home.path}/${socket}\n`]);
    expect(stderr).toContain("codexcomp unwire");
    expect(await systemctl.calls()).toContain("--user disable --now codexcomp.socket codexcomp.service");
    expect(await home.files()).toEqual([".codex/config.toml", ...before]);
    expect(await run("uninstall-service")).toMatchObject({ code: 0, stdout: "No service is installed\n" });
  });
});
