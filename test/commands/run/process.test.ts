import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadRecordings, round } from "../../../src/testing/index.js";
import { scratchFolder } from "../../recordings/support.js";
import { packageVersion } from "../../../src/version.js";
import { ask, open } from "../../transport/support/client.js";
import { deferred } from "../../transport/support/deferred.js";
import { startProxy } from "../../transport/support/proxy.js";
import { runTurn, simulated, turnRequest } from "../../transport/support/turns.js";
import { freePort } from "../../transport/support/upstreams.js";
import { runLine } from "../capture.js";
import { isBuilt, running, runningHere } from "./running.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).functionCall("shell", {}).completed();

/** A port that another program has. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe.skipIf(!isBuilt)("codexcomp run", () => {
  it("says where it is and where to, and ends well on SIGTERM", async () => {
    const run = await running(["run", "--port", "0"]);
    const url = await run.url();
    expect(run.stderr).toContain(`codexcomp ${packageVersion} on ${url} -> ChatGPT or the OpenAI API`);
    expect((await ask(url, { path: "/healthz" })).text).toContain('"upstream":"auto"');
    run.kill("SIGTERM");
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(run.stdout).toBe("");
    expect(run.stderr).not.toContain("\u001b[");
  });

  it.each([
    [["--port", "0", "--upstream", "URL"], {}],
    [["run", "--port=0", "--upstream=URL"], {}],
    [["--upstream", "URL", "run", "--port", "0"], {}],
    [["run"], { CODEXCOMP_PORT: "0", CODEXCOMP_UPSTREAM: "URL" }],
    [["--port", "0"], { CODEXCOMP_PORT: "1", CODEXCOMP_UPSTREAM: "URL" }],
  ])("takes its options from %j and %j", async (args, env) => {
    const upstream = await simulated({ script: [natural] });
    const named = (value: string): string => value.replace("URL", upstream.url);
    const environment = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value)]));
    const run = await runningHere(args.map(named), environment);
    expect((await runTurn(await run.url())).status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });

  it("logs a line a round and one a turn, as people grep for them", async () => {
    const upstream = await simulated({ script: [truncated, natural] });
    const run = await runningHere(["--port", "0", "--upstream", upstream.url]);
    await runTurn(await run.url());
    await run.said(/done: /);
    // The page's line comes when it comes.
    const lines = run.stderr.split("\n").filter((line) => line.includes(" gpt-5.5] "));
    expect(lines).toHaveLength(3);
    const prefix = String.raw`^\d\d:\d\d:\d\d \[\w{4} gpt-5\.5\] `;
    const tokens = String.raw`in=\d+ out=\d+ reason=\d+ total=\d+`;
    const patterns = [
      String.raw`round 1: ${tokens} \| n=1 buffered=\['function_call'\] -> continue \d+\.\ds$`,
      String.raw`round 2: ${tokens} \| n=None buffered=\['message'\] -> clean \d+\.\ds$`,
      String.raw`done: 2 round\(s\) \| ${tokens} \| status=completed stop=natural \d+\.\ds$`,
    ];
    patterns.forEach((pattern, i) => expect(lines[i]).toMatch(new RegExp(prefix + pattern)));
    expect(lines[0]).toContain("reason=516");
  });

  it("logs for machines, a JSON object a line", async () => {
    const upstream = await simulated({ script: [truncated, natural] });
    const run = await runningHere(["--port", "0", "--upstream", upstream.url, "--log-format", "json"]);
    await runTurn(await run.url());
    await run.said(/"event":"turn"/);
    const entries = run.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        time: expect.any(String),
        level: expect.any(String),
        message: expect.any(String),
      });
    }
    const [first, second, turn] = entries.slice(-3);
    expect(first).toMatchObject({
      event: "round",
      model: "gpt-5.5",
      round: 1,
      tier: 1,
      verdict: { action: "continue" },
    });
    expect(second).toMatchObject({ event: "round", round: 2, usage: { reasoning: 291 } });
    expect(turn).toMatchObject({
      event: "turn",
      outcome: "completed",
      stop: "natural",
      billed: { reasoning: 807 },
    });
    expect(new Set([first?.["id"], second?.["id"], turn?.["id"]]).size).toBe(1);
  });

  it("says no more than it is asked to", async () => {
    const port = await takenPort();
    const run = await runningHere(["--port", String(port), "--auto-port", "--log-level", "warn"]);
    await run.said(/is taken/);
    expect(run.stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    [{}, false],
    [{ FORCE_COLOR: "1" }, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [{ NO_COLOR: "1" }, false],
  ])("with %j colours its log: %s", async (env, colours) => {
    const upstream = await simulated({ script: [natural] });
    const run = await runningHere(["--port", "0", "--upstream", upstream.url], env);
    await runTurn(await run.url());
    await run.said(/done: /);
    expect(run.stderr.includes("\u001b[")).toBe(colours);
  });
});

describe.skipIf(!isBuilt)("codexcomp run --record", () => {
  it("says so, and has every turn on disk when it ends", async () => {
    const folder = await scratchFolder();
    const upstream = await simulated({ script: [truncated, natural] });
    const run = await running(["--port", "0", "--upstream", upstream.url, "--record", folder]);
    await runTurn(await run.url());
    await run.said(/done: /);
    run.kill("SIGTERM");
    expect((await run.exit).code).toBe(0);
    expect(run.stderr).toContain(`recording every turn into ${folder}: the conversations`);
    const [recording] = await loadRecordings([folder]);
    expect(recording).toMatchObject({ missing: [], rounds: { length: 2 } });
    expect(run.stderr).toContain(`[${recording?.turn?.id} gpt-5.5] done`);
  });
});

describe("a port that is taken", () => {
  it("by another program: says which, who can free it, and what to change", async () => {
    const port = await takenPort();
    const run = await runningHere(["--port", String(port)]);
    expect(await run.exit).toBe(1);
    expect(run.stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(run.stderr).toMatch(/another program has it: stop that program \(find it with "(lsof|netstat)/);
    expect(run.stderr).toContain(`codexcomp run --port ${port + 1}`);
    expect(run.stderr).toContain(`openai_base_url = "http://127.0.0.1:${port + 1}/v1"`);
    expect(run.stdout).toBe("");
  });

  it("by codexcomp: says so", async () => {
    const { url } = await startProxy("auto");
    const run = await runningHere(["--port", new URL(url).port]);
    expect(await run.exit).toBe(1);
    expect(run.stderr).toContain(`codexcomp ${packageVersion} is running there already`);
  });

  it("is left with --auto-port, which says where it went", async () => {
    const port = await takenPort();
    const run = await runningHere(["--port", String(port), "--auto-port"]);
    const url = await run.url();
    expect(run.stderr).toContain(`port ${port} is taken`);
    expect(new URL(url).port).not.toBe(String(port));
    expect((await ask(url, { path: "/healthz" })).status).toBe(200);
  });

  it("is not left with --auto-port where it is free", async () => {
    const port = await freePort();
    const run = await runningHere(["--port", String(port), "--auto-port"]);
    expect(await run.url()).toBe(`http://127.0.0.1:${port}/v1`);
  });
});

describe("a command line that is wrong", () => {
  it.each([
    [["--port", "99999"], /port/],
    [["--port", "abc"], /port/],
    [["--upstream", "ftp://x"], /upstream/],
    [["--upstream", "no url"], /upstream/],
    [["--log-level", "loud"], /error, warn, info/],
    [["--max-n", "-1"], /max-n/],
    [["--max-continue", "1.5"], /max-continue/],
    [["--mode", "maybe"], /fold, observe/],
    [["--no-such-flag"], /no-such-flag/],
    [["--host", "0.0.0.0"], /--allow-remote/],
    [["--record-redact"], /--record DIR says where/],
    [["--record", "/dev/null/turns"], /--record \/dev\/null\/turns cannot be used: ENOTDIR/],
    [["--host", "example.org"], /--allow-remote/],
    [["dance"], /dance/],
  ])("%j ends with 2 and the reason", async (args, reason) => {
    const { code, stdout, stderr } = await runLine(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
    expect(stderr.trimEnd().split("\n").length).toBeLessThan(4);
    expect(stdout).toBe("");
  });

  it.skipIf(!isBuilt)("in the environment ends the process with 2, too", async () => {
    const run = await running([], { CODEXCOMP_PORT: "abc" });
    expect((await run.exit).code).toBe(2);
    expect(run.stderr).toContain("CODEXCOMP_PORT");
  });

  it("that may be reached from elsewhere is warned of", async () => {
    const run = await runningHere(["--host", "0.0.0.0", "--port", "0", "--allow-remote"]);
    await run.said(/--allow-remote: whoever can reach 0\.0\.0\.0 can use this proxy/);
  });

  it("with an address of another machine ends with 1", async () => {
    const run = await runningHere(["--host", "192.0.2.1", "--port", "0", "--allow-remote"]);
    expect(await run.exit).toBe(1);
    expect(run.stderr).toContain("cannot listen on 192.0.2.1: not an address of this machine");
  });
});

describe.skipIf(!isBuilt)("a bug that no turn catches", () => {
  const secret = "what it was about";
  it.each([
    ["uncaught exception", `throw new TypeError("${secret}")`],
    ["unhandled rejection", `void Promise.reject(new TypeError("${secret}"))`],
  ])("%s is told once, without what it was about, and the process goes on", async (kind, bug) => {
    const source = `process.on("SIGUSR2", function here() { ${bug}; })`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
    const run = await running(["--port", "0"], env);
    const url = await run.url();
    run.kill("SIGUSR2");
    await run.said(new RegExp(`codexcomp ${packageVersion}: ${kind}: TypeError\\n\\s+at process.here`));
    run.kill("SIGUSR2");
    expect((await ask(url, { path: "/healthz" })).status).toBe(200);
    run.kill("SIGTERM");
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(run.stderr.split(kind)).toHaveLength(2);
    expect(run.stderr).not.toContain(secret);
  });
});

describe.skipIf(!isBuilt)("a process that is told to stop", () => {
  const withTurn = async (flags: readonly string[] = []) => {
    const gate = deferred();
    const upstream = await simulated({
      script: [{ events: natural, before: ({ index }) => (index === 4 ? gate.promise : undefined) }],
    });
    const run = await running(["--port", "0", "--upstream", upstream.url, ...flags]);
    const { response } = await open(await run.url(), turnRequest());
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    response.on("error", () => {});
    const over = new Promise<string>((resolve) => response.on("close", () => resolve(text)));
    return { run, gate, over, response };
  };

  it.each(["SIGINT", "SIGTERM"] as const)("by %s lets its turns finish, and ends with 0", async (signal) => {
    const { run, gate, over, response } = await withTurn();
    run.kill(signal);
    await run.said(/stopping: 1 turn\(s\) have 5 s to finish/);
    gate.resolve();
    expect((await over).split("event: ")).toHaveLength(natural.length + 1);
    expect(response.complete).toBe(true);
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(run.stderr).toContain("status=completed stop=natural");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("by %s twice ends at once, by that signal", async (signal) => {
    const { run, over, response } = await withTurn();
    run.kill(signal);
    await run.said(/stopping/);
    run.kill(signal);
    expect(await run.exit).toEqual({ code: null, signal });
    await over;
    expect(response.complete).toBe(false);
  });

  it("says so to who asks /readyz, and gives its turns the time that it is told", async () => {
    const { run, gate, over } = await withTurn(["--drain-timeout", "60", "--instance", "a"]);
    const base = await run.url();
    const get = (path: string) => ask(base, { path });
    expect((await get("/readyz")).status).toBe(200);
    run.kill("SIGTERM");
    await run.said(/stopping: 1 turn\(s\) have 60 s to finish/);
    expect((await get("/readyz")).status).toBe(503);
    expect(await get("/healthz")).toMatchObject({
      status: 200,
      text: expect.stringContaining('"instance":"a"'),
    });
    gate.resolve();
    await over;
    expect(await run.exit).toEqual({ code: 0, signal: null });
  });

  it("after the time is over cuts what is left, and ends with 0", async () => {
    const { run, over, response } = await withTurn(["--drain-timeout", "1"]);
    run.kill("SIGINT");
    expect(await run.exit).toEqual({ code: 0, signal: null });
    await over;
    expect(response.complete).toBe(false);
    expect(run.stderr).toContain("status=aborted");
  });
});
