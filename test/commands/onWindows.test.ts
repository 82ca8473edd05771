/**
 * What only Windows runs, with stand-ins: this file's process says that it is on Windows, and what a command file is given
 * to is a script. Of what Windows makes of it, nothing is seen.
 */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

// Before cross-spawn is loaded, which looks once.
const isOnWindows = vi.hoisted(() => {
  const { platform } = process;
  Object.defineProperty(process, "platform", { value: "win32", configurable: true });
  process.env["TEMP"] = process.env["TMPDIR"] ?? "/tmp";
  return platform === "win32";
});

import { checkCodex } from "../../src/commands/doctor/checks/codex.js";
import { checkEnvFile } from "../../src/commands/doctor/checks/envFile.js";
import { portOwner } from "../../src/commands/doctor/checks/port.js";
import { checkProxies } from "../../src/commands/doctor/checks/proxies.js";
import { codexClient } from "../../src/commands/eval/clients/codex.js";
import { runChild } from "../../src/commands/exec/runChild.js";
import { runLine } from "./capture.js";
import { scratchHome, type ScratchHome } from "./scratchHome.js";

let home: ScratchHome;
beforeEach(async () => {
  home = await scratchHome();
});

/** A script that stands in for `cmd.exe`, which command files are given to. It may look at `"$4"`, the command line. */
async function commandShell(script: string): Promise<void> {
  const shell = await program("cmd.exe", `printf '%s\\n' "$*" >> '${home.path}/calls'; ${script}`);
  vi.stubEnv("comspec", shell);
  onTestFinished(() => void vi.unstubAllEnvs());
}

async function program(name: string, script: string): Promise<string> {
  await mkdir(join(home.path, "bin"), { recursive: true });
  const path = join(home.path, "bin", name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const calls = (): Promise<string> => readFile(join(home.path, "calls"), "utf8");
const env = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${join(home.path, "bin")}:/usr/bin:/bin` });

/** Words as `cmd.exe` would take them apart: without the carets that guard them. */
const unguarded = (line: string): string => line.replace(/\^(.)/g, "$1");

describe.skipIf(isOnWindows)("Codex as npm installs it, a command file", () => {
  it("is found behind a folder in quotes, and says its version", async () => {
    await commandShell("echo codex-cli 0.169.0");
    await program("codex.cmd", "exit 1");
    const path = `"${join(home.path, "bin")}"`;
    expect(await checkCodex({ ...env(), PATH: path }, "win32")).toMatchObject({
      status: "ok",
      detail: expect.stringMatching(/^0\.169\.0 \(.*codex\.cmd\)$/),
    });
  });

  it("gets every argument in one piece, with the blanks that are in it", async () => {
    await commandShell(
      `cat >/dev/null; echo '${JSON.stringify({ type: "turn.failed", error: { message: "no" } })}'`,
    );
    vi.stubEnv("TEMP", home.path); // which has a blank in its name, as users have
    const path = await program("codex.cmd", "exit 1");
    const client = await codexClient({ path, version: "0.169.0", env: env() });
    onTestFinished(() => client.close());
    const warned = vi.fn();
    process.on("warning", warned);
    onTestFinished(() => void process.off("warning", warned));
    await client.ask(question());
    expect(unguarded(await calls())).toContain(`"--cd" "${home.path}/codexcomp-eval-`);
    expect(warned).not.toHaveBeenCalled();
  });

  it("is ended with all that it has started, when its time is up", async () => {
    await commandShell("exec sleep 60");
    await program("taskkill", `echo "$*" >> '${home.path}/killed'; kill -9 "$2"`);
    const path = await program("codex.cmd", "exit 1");
    const client = await codexClient({ path, version: "0.169.0", env: env() });
    onTestFinished(() => client.close());
    expect(await client.ask(question(0.2))).toMatchObject({ timedOut: true });
    expect(await readFile(join(home.path, "killed"), "utf8")).toMatch(/^\/pid \d+ \/t \/f\n$/);
  });
});

const question = (timeout = 10) => ({
  ...{ model: "gpt-5.5", effort: "high", baseUrl: "http://127.0.0.1:9/v1", prompt: "How many?", timeout },
  signal: new AbortController().signal,
});

describe.skipIf(isOnWindows)("codexcomp exec", () => {
  it("leaves Ctrl-C to the command, which the console sends it to as well", async () => {
    let press: (signal: NodeJS.Signals) => void = () => {};
    await commandShell(`until [ -e '${home.path}/done' ]; do sleep 0.05; done; exit 7`);
    const started = runChild("codex.cmd", [], {
      env: env(),
      takeSignals: (handler) => {
        press = handler;
        return () => {};
      },
    });
    press("SIGINT");
    await home.write("done", "");
    expect(await started).toBe(7);
  });
});

describe("what doctor has to paste is for PowerShell", () => {
  it.each([
    [{ HTTP_PROXY: "http://p:1" }, '$env:NO_PROXY = "127.0.0.1"'],
    [{ HTTP_PROXY: "http://p:1", NO_PROXY: "*" }, '$env:NO_PROXY += ",127.0.0.1"'],
    [{ https_proxy: "gopher://p" }, "Remove-Item Env:https_proxy"],
  ])("%j", (variables, fix) => {
    expect(checkProxies(variables).fix).toBe(fix);
  });

  it("and edits with what Windows has", async () => {
    const path = await home.write(".codex/.env", "HTTP_PROXY=gopher://p\r\n");
    const [finding] = await checkEnvFile(undefined, home.env);
    expect(finding?.fix).toBe(`notepad "${path}"`);
  });
});

describe.skipIf(isOnWindows)("the owner of a port", () => {
  it("is found by what Windows has", async () => {
    await program("netstat", "printf '  TCP    [::1]:8787    [::]:0    ABHÖREN    4711\\r\\n'");
    await program(
      "tasklist",
      `echo "$*" >> '${home.path}/asked'; printf '"node.exe","4711","Console","1","1 K"\\r\\n'`,
    );
    expect(await portOwner(8787, "win32", env())).toBe("node.exe (process 4711)");
    expect(await portOwner(8788, "win32", env())).toBeUndefined();
    expect(await home.read("asked")).toBe("/FI PID eq 4711 /FO CSV /NH\n");
  });
});

describe("starting at login", () => {
  it("is told, and nothing is registered or removed", async () => {
    const installed = await runLine(["install-service", "--port", "9000"], { env: home.env });
    expect(installed).toMatchObject({ code: 0, stdout: expect.stringContaining("conhost.exe --headless") });
    const removed = await runLine(["uninstall-service"], { env: home.env });
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("registers nothing") });
    expect(await home.files()).toEqual([]);
  });
});
