import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { round } from "../../../src/testing/index.js";
import { simulated, turnBody } from "../../transport/support/turns.js";
import { startProxy } from "../../transport/support/proxy.js";
import { runLine } from "../capture.js";
import { cli, isBuilt, running, type Running } from "../run/running.js";
import { scratchHome } from "../scratchHome.js";

// Two processes a test, and more, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

const cut = round().reasoning(516).message("29").completed();
const right = round().reasoning(291).message("21").completed();

/** A program: what stands in `script`, and nothing else. */
const node = (script: string): string[] => ["--", process.execPath, "--input-type=module", "-e", script];

/** Asks one turn where the environment says. */
const asking = `
  const { OPENAI_BASE_URL, NO_PROXY } = process.env;
  const response = await fetch(OPENAI_BASE_URL + "/responses", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: ${JSON.stringify(turnBody())},
  });
  const text = await response.text();
  console.log(JSON.stringify({ url: OPENAI_BASE_URL, NO_PROXY, answer: text.includes('21'), status: response.status }));`;

/** Waits for something on stdout. */
async function printed(run: Running, pattern: RegExp): Promise<void> {
  await expect.poll(() => run.stdout, { timeout: 10_000 }).toMatch(pattern);
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });
}

describe.skipIf(!isBuilt)("codexcomp exec", () => {
  it("folds a program's turns, says so in one line at the end, and logs to its file", async () => {
    const upstream = await simulated({ script: [cut, right] });
    const { path } = await scratchHome();
    const env = { XDG_STATE_HOME: path, HTTP_PROXY: "http://127.0.0.1:9", CODEXCOMP_PORT: "1" };
    const run = await running(["exec", "--upstream", upstream.url, "--proxy", "none", ...node(asking)], env);
    expect(await run.exit).toEqual({ code: 0, signal: null });
    const said = JSON.parse(run.stdout) as { url: string };
    expect(said).toMatchObject({ status: 200, answer: true, NO_PROXY: "127.0.0.1" });
    expect(run.stderr).toMatch(
      /^codexcomp: 1 of 1 turn was cut, 1 continued \(1 to the end\): [\d,]+ extra tokens \([\d.]+% more\)\n$/,
    );
    expect(await isOpen(Number(new URL(said.url).port))).toBe(false);

    const log = await readFile(join(path, "codexcomp", "codexcomp.log"), "utf8");
    expect(log).toMatch(/^\d+ \d\d:\d\d:\d\d codexcomp \S+ on http/);
    expect(log).toMatch(/^\d+ .*done: 2 round\(s\)/m);
    const logs = await running(["logs"], env);
    await logs.exit;
    expect(logs.stdout).toBe(log);
    const stats = await running(["stats", "--json"], env);
    await stats.exit;
    expect(JSON.parse(stats.stdout)).toMatchObject({ turns: 1, truncated: 1, folds: 1 });
  });

  it("says nothing at the end where nothing was cut, or with --quiet", async () => {
    const upstream = await simulated({ script: [right, cut, right] });
    for (const flags of [[], ["--quiet"]]) {
      const run = await running(["exec", "--upstream", upstream.url, ...flags, ...node(asking)]);
      expect(await run.exit).toMatchObject({ code: 0 });
      expect(run.stderr).toBe("");
    }
    expect(upstream.requests).toHaveLength(3);
  });

  it("goes where OPENAI_BASE_URL led", async () => {
    const upstream = await simulated({ script: [right] });
    const run = await running(["exec", ...node(asking)], { OPENAI_BASE_URL: upstream.url });
    await run.exit;
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 200, answer: true });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ["process.exit(0)", 0],
    ["process.exit(7)", 7],
    ["process.exit(2)", 2],
    ["process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 10000)", 143],
    ["process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 10000)", 137],
  ])("ends as the command does: %s", async (script, code) => {
    const { env } = await scratchHome();
    expect(await runLine(["exec", ...node(script)], { env })).toEqual({ code, stdout: "", stderr: "" });
  });

  it("says what could not be run, as a shell's exit code", async () => {
    const { path, write, env } = await scratchHome();
    await write("plain", "no program");
    const started = async (...args: string[]) => {
      const { code, stderr } = await runLine(args, { env: { ...env, PATH: path } });
      return [code, stderr];
    };
    expect(await started("codex", "exec", "hi")).toEqual([
      127,
      "codexcomp: codex is not found on PATH; to install it: npm install -g @openai/codex\n",
    ]);
    expect(await started("exec", "no-such-program")).toEqual([
      127,
      "codexcomp: no-such-program is not found\n",
    ]);
    expect(await started("exec", join(path, "plain"))).toEqual([
      126,
      expect.stringMatching(/^codexcomp: .+plain cannot be executed/),
    ]);
    expect(await started("exec")).toEqual([2, expect.stringContaining("COMMAND")]);
  });

  it("says on the terminal why it does not start", async () => {
    const { env } = await scratchHome();
    const never = node("console.log('started all the same')");
    const wrong = await runLine(["exec", "--port", "1", "--record-redact", ...never], { env });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("--record DIR says where") });
    const { url } = await startProxy("auto");
    const { port } = new URL(url);
    const taken = await running(["exec", "--port", port, ...never]);
    expect(await taken.exit).toMatchObject({ code: 1 });
    expect(taken.stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(taken.stdout).toBe("");
  });

  it("hands stdin over", async () => {
    const home = await scratchHome();
    const { stdout, status } = spawnSync(process.execPath, [resolve(cli), "exec", "cat"], {
      env: home.env,
      input: "typed",
      encoding: "utf8",
    });
    expect([stdout, status]).toEqual(["typed", 0]);
  });
});

describe.skipIf(!isBuilt || process.platform === "win32")("signals, with codexcomp exec", () => {
  /** Says what it gets, and ends at the third. */
  const listening = `
    let count = 0;
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {
      console.log("got " + name);
      if (++count === 3) process.exit(9);
    });
    setInterval(() => {}, 60_000);
    console.log("pid " + process.pid + ", " + process.env.OPENAI_BASE_URL);`;

  it("passes on SIGTERM and SIGHUP, and without a terminal SIGINT, as often as they come", async () => {
    const run = await running(["exec", ...node(listening)], {}, undefined, ["setsid"]);
    await printed(run, /pid/);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
      run.kill(signal);
      await printed(run, new RegExp(`got ${signal}`));
    }
    expect(await run.exit).toMatchObject({ code: 9 });
  });

  it("ends the command where it is killed itself", async () => {
    const run = await running([
      "exec",
      ...node("console.log('pid ' + process.pid); setInterval(() => {}, 60_000)"),
    ]);
    await printed(run, /pid \d+\n/);
    const pid = Number(/pid (\d+)/.exec(run.stdout)?.[1]);
    expect(alive(pid)).toBe(true);
    run.kill("SIGKILL");
    expect(await run.exit).toEqual({ code: null, signal: "SIGKILL" });
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
  });

  it.skipIf(spawnSync("script", ["--version"]).status !== 0)(
    "leaves Ctrl-C in a terminal to the command, once to it and never to itself",
    async () => {
      const home = await scratchHome();
      const line = [process.execPath, resolve(cli), "exec", ...node(listening)];
      const quoted = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      const child = spawn("script", ["-qefc", `exec ${quoted}`, "/dev/null"], {
        env: { ...home.env },
        stdio: "pipe",
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      await expect.poll(() => text, { timeout: 10_000 }).toContain("pid");
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
      for (let times = 1; times <= 2; times++) {
        child.stdin.write("\u0003");
        await expect.poll(() => text.split("got SIGINT").length - 1, { timeout: 10_000 }).toBe(times);
        expect(await isOpen(port)).toBe(true);
      }
      child.stdin.write("\u0003");
      const [code] = (await once(child, "close")) as [number];
      expect(code).toBe(9);
      expect(text.split("got SIGINT")).toHaveLength(4);
    },
  );
});

describe.skipIf(process.platform === "win32")("codexcomp codex", () => {
  /** A codex that says how it was called. */
  async function withCodex(config?: string) {
    const home = await scratchHome();
    const bin = join(home.path, "bin");
    await mkdir(bin);
    const called = join(home.path, "called");
    await writeFile(
      join(bin, "codex"),
      `#!/bin/sh\nprintf "%s\\n" "$@" "base=$OPENAI_BASE_URL" > '${called}'\nexit 3\n`,
    );
    await chmod(join(bin, "codex"), 0o755);
    const path = await home.write(".codex/config.toml", config ?? 'model = "gpt-5.5"\n');
    const hash = async () =>
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    const before = await hash();
    const env = { ...home.env, PATH: `${bin}:${process.env["PATH"]}` };
    const call = async (...args: string[]) => {
      const { code, stderr } = await runLine(args, { env });
      expect(await hash()).toBe(before);
      return { code, lines: (await readFile(called, "utf8")).trim().split("\n"), stderr };
    };
    return { call, home };
  }

  const base = expect.stringMatching(/^openai_base_url=http:\/\/127\.0\.0\.1:\d+\/v1$/) as string;

  it("is Codex with one setting more, whatever the arguments look like", async () => {
    const { call } = await withCodex();
    for (const args of [["exec", "--help"], ["--version"], ["resume", "--last", "--", "-x"], []]) {
      const { code, lines, stderr } = await call("codex", ...args);
      expect(lines).toEqual(["-c", base, ...args, "base="]);
      expect([code, stderr]).toEqual([3, ""]);
    }
    const { lines } = await call("--mode", "observe", "codex", "exec", "-c", "a=1", "hi");
    expect(lines).toEqual(["-c", base, "exec", "-c", base, "-c", "a=1", "hi", "base="]);
    expect((await call("exec", "--mode", "observe", "--", "codex", "x")).lines).toEqual([
      "-c",
      base,
      "x",
      "base=",
    ]);
  });

  it("warns in one line where it cannot work, and runs it all the same", async () => {
    const { call } = await withCodex('model_provider = "mine"\n');
    const { code, stderr, lines } = await call("codex", "hi");
    expect(stderr).toMatch(/^codexcomp: .+config\.toml has model_provider = "mine": .*\n$/);
    expect([code, lines[0]]).toEqual([3, "-c"]);
  });

  it("names the line of Codex' .env that keeps Codex away", async () => {
    const { call, home } = await withCodex();
    const path = await home.write(
      ".codex/.env",
      "# mine\nHTTP_PROXY=http://127.0.0.1:9\nNO_PROXY=localhost\n",
    );
    expect((await call("codex", "hi")).stderr).toBe(
      `codexcomp: line 3 of ${path} lacks 127.0.0.1: Codex asks a proxy elsewhere for codexcomp\n`,
    );
    await home.write(".codex/.env", "HTTP_PROXY=http://127.0.0.1:9\n");
    expect((await call("codex", "hi")).stderr).toBe("");
  });
});
