import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Launch } from "../../src/service/launch.js";
import { launchd } from "../../src/service/launchd.js";
import { launchdPlist } from "../../src/service/launchdPlist.js";
import { fakeTool } from "./fakeTool.js";

const launch: Launch = {
  node: "/opt/homebrew/bin/node",
  script: "/opt/codexcomp/dist/cli.js",
  args: ["run", "--port=8787", '--marker-text=<a> & "b"\n]]> é', "--models="],
  variables: { HTTPS_PROXY: "http://proxy:1/?a=1&b=2" },
};

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "codexcomp-launchd-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("launchdPlist", () => {
  const plist = launchdPlist(launch, "/Users/ada/Library/Logs/codexcomp/codexcomp.log");

  it("escapes what XML would take for markup", () => {
    expect(plist).toContain('<string>--marker-text=&lt;a&gt; &amp; "b"\n]]&gt; é</string>');
    expect(plist).toContain("<string>http://proxy:1/?a=1&amp;b=2</string>");
  });

  it("starts at login, and again after a crash", () => {
    expect(plist).toMatch(/<key>RunAtLoad<\/key>\s*<true\/>/);
    expect(plist).toMatch(
      /<key>KeepAlive<\/key>\s*<dict>\s*<key>SuccessfulExit<\/key>\s*<false\/>\s*<\/dict>/,
    );
  });

  it("refuses what a property list cannot hold", () => {
    expect(() => launchdPlist({ ...launch, args: ["\u0007"] }, "/log")).toThrow("control characters");
  });

  it.runIf(spawnSync("plutil", ["-help"]).status === 0)("is clean for plutil", async () => {
    const path = join(await scratch(), "a.plist");
    await writeFile(path, plist);
    expect(spawnSync("plutil", ["-lint", path], { encoding: "utf8" }).stdout).toContain("OK");
  });

  it.runIf(spawnSync("python3", ["-c", "import plistlib"]).status === 0)(
    "says to another parser what was meant",
    () => {
      const script = "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
      const { stdout } = spawnSync("python3", ["-c", script], { input: plist, encoding: "utf8" });
      expect(JSON.parse(stdout)).toMatchObject({
        Label: "local.codexcomp",
        ProgramArguments: [launch.node, launch.script, ...launch.args],
        EnvironmentVariables: launch.variables,
        KeepAlive: { SuccessfulExit: false },
        StandardErrorPath: "/Users/ada/Library/Logs/codexcomp/codexcomp.log",
      });
    },
  );
});

describe.skipIf(process.platform === "win32")("launchd", () => {
  const service = `gui/${process.getuid?.()}/local.codexcomp`;

  it("writes the agent and starts it, updates it, and leaves nothing behind", async () => {
    const home = await scratch();
    const tool = await fakeTool(home, "launchctl");
    const env = { HOME: home, PATH: tool.path };
    const path = join(home, "Library/LaunchAgents/local.codexcomp.plist");

    expect(await launchd.install(launch, env)).toMatchObject({ done: true, path, updated: false });
    const start = [
      `bootout ${service}`,
      `enable ${service}`,
      `bootstrap gui/${process.getuid?.()} ${path}`,
      `kickstart ${service}`,
    ];
    expect(await tool.calls()).toEqual(start);
    expect(await readFile(path, "utf8")).toContain("--port=8787");
    // launchd does not make the folder of the log, and without it does not start the program.
    expect((await stat(join(home, "Library/Logs/codexcomp"))).isDirectory()).toBe(true);

    expect(await launchd.install({ ...launch, args: ["run", "--port=9000"] }, env)).toMatchObject({
      updated: true,
    });
    expect(await tool.calls()).toEqual([...start, ...start]);
    expect(await readFile(path, "utf8")).toContain("--port=9000");

    const log = join(home, "Library/Logs/codexcomp/codexcomp.log");
    await writeFile(log, "x");
    expect(await launchd.uninstall(env)).toEqual([path, log]);
    expect((await tool.calls()).at(-1)).toBe(`bootout ${service}`);
    await expect(stat(path)).rejects.toThrow("ENOENT");
    await expect(stat(join(home, "Library/Logs/codexcomp"))).rejects.toThrow("ENOENT");
    expect(await launchd.uninstall(env)).toEqual([]);
  });

  it("waits for the old service to be gone", async () => {
    const home = await scratch();
    const busy = `[ "$1" = bootstrap ] && [ "$(grep -c bootstrap "$HOME/launchctl.calls")" -lt 3 ] && exit 5; exit 0`;
    const tool = await fakeTool(home, "launchctl", busy);
    expect(await launchd.install(launch, { HOME: home, PATH: tool.path })).toMatchObject({ done: true });
    expect((await tool.calls()).filter((call) => call.startsWith("bootstrap"))).toHaveLength(3);
  });

  it("says why it cannot be started, and how to do it by hand", async () => {
    const home = await scratch();
    const tool = await fakeTool(
      home,
      "launchctl",
      `[ "$1" = bootstrap ] && { echo "Domain does not support it" >&2; exit 125; }; exit 0`,
    );
    expect(await launchd.install(launch, { HOME: home, PATH: tool.path })).toMatchObject({
      done: false,
      reason: expect.stringContaining("Domain does not support it"),
      byHand: expect.stringContaining("launchctl bootstrap"),
    });
  });

  it("reads the state of the service", async () => {
    const home = await scratch();
    const tool = await fakeTool(
      home,
      "launchctl",
      `[ "$1" = print ] && printf '${service} = {\\n\\tstate = running\\n\\tpid = 4\\n}\\n'; exit 0`,
    );
    const env = { HOME: home, PATH: tool.path };
    expect(await launchd.state(env)).toMatchObject({ installed: false });
    await launchd.install(launch, env);
    expect(await launchd.state(env)).toMatchObject({ installed: true, running: true, says: "running" });
  });
});
