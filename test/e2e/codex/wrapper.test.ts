import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi, type TestContext } from "vitest";
import type { SimulatedUpstream } from "../../../src/testing/index.js";
import { appServer } from "./harness/appServer.js";
import { codexCall, codexExec, type Printed } from "./harness/codexExec.js";
import { codexHome, type CodexHome } from "./harness/codexHome.js";
import { asked, stepsUpTo, working } from "./harness/models.js";
import { usageLimit } from "./harness/refusals.js";
import { VERSIONS } from "./harness/scenario.js";
import { startUpstream, type UpstreamPlan } from "./harness/upstream.js";
import { openTerminal } from "./harness/terminal.js";

/** `codexcomp codex` in an own home, which knows nothing of a proxy: config.toml has no URL, and must stay as it is. */
interface Wrapped {
  readonly home: CodexHome;
  readonly upstream: SimulatedUpstream;
  /** Base URL of the upstream. */
  readonly to: string;
  exec(...args: string[]): Promise<Printed>;
}

async function wrapped(
  { onTestFinished }: TestContext,
  version: string,
  plan: UpstreamPlan,
  config: readonly string[] = [],
): Promise<Wrapped> {
  const upstream = await startUpstream(plan);
  const home = await codexHome({ login: "chatgpt", config });
  const path = join(home.home, "config.toml");
  // 0.142.5 would write that itself, in its first turn
  await appendFile(path, `[projects."${home.work}"]\ntrust_level = "trusted"\n`);
  const hash = async () =>
    createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  const before = await hash();
  onTestFinished(async () => {
    expect(await hash()).toBe(before);
    await upstream.close();
    await home.remove();
  });
  const to = `${upstream.url}/v1`;
  return {
    home,
    upstream,
    to,
    exec: (...args) => codexExec({ version, home, loginUrl: upstream.url, args, wrappedTo: to }),
  };
}

/** What codexcomp itself said. */
const said = ({ stderr }: Printed): string[] =>
  stderr.split("\n").filter((line) => line.startsWith("codexcomp:"));

const CUT = /^codexcomp: 1 of 1 turn was cut, 1 continued \(1 to the end\): [\d,]+ extra tokens/;

for (const version of VERSIONS) {
  test.concurrent(`${version} codexcomp codex exec, plain`, async (context) => {
    const { exec, upstream } = await wrapped(context, version, { script: asked() });
    const printed = await exec("How many?");
    expect(printed).toMatchObject({ exitCode: 0, answer: "21", complaints: [] });
    expect(said(printed)).toEqual([]);
    expect(upstream.requests.map(({ transport }) => transport)).toEqual(["websocket"]);
  });

  test.concurrent(`${version} codexcomp codex exec, cut`, async (context) => {
    const { exec, home } = await wrapped(context, version, { script: asked(516) });
    const printed = await exec("How many?");
    expect(printed).toMatchObject({ exitCode: 0, answer: "21", complaints: [] });
    expect(said(printed)).toEqual([expect.stringMatching(CUT)]);
    const log = await readFile(join(home.home, "state/codexcomp/codexcomp.log"), "utf8");
    expect(log).toMatch(/done: 2 round\(s\) .* stop=natural/);
  });

  test.concurrent(`${version} codexcomp codex exec, a tool loop with two cuts`, async (context) => {
    const { exec, home } = await wrapped(context, version, { script: working(5, { 2: [516], 4: [516] }) });
    expect(await exec("Go")).toMatchObject({ exitCode: 0, answer: "finished" });
    expect(await home.steps()).toEqual(stepsUpTo(5));
  });

  test.concurrent(
    `${version} codexcomp codex exec resume, overrides and a profile around`,
    async (context) => {
      const { exec, upstream, home } = await wrapped(context, version, { script: asked(516) });
      await appendFile(join(home.home, "mine.config.toml"), 'model = "gpt-5.4"\n');
      const first = await exec("-c", "model_reasoning_effort=low", "How many?");
      expect(first).toMatchObject({ exitCode: 0, answer: "21" });
      const own = ["-c", "model_reasoning_effort=low", "--profile", "mine"];
      const second = await exec(...own, "resume", "-c", "model_verbosity=low", first.threadId ?? "", "Sure?");
      expect(second).toMatchObject({ exitCode: 0, answer: "21", complaints: [] });
      expect(upstream.requests.length).toBeGreaterThanOrEqual(3);
    },
  );

  test.concurrent(`${version} codexcomp codex, exit codes of runs that fail`, async (context) => {
    const { exec, home, upstream, to } = await wrapped(context, version, { script: () => usageLimit });
    const limited = await exec("How many?");
    const direct = await codexHome({ login: "chatgpt", baseUrl: to });
    context.onTestFinished(() => direct.remove());
    const same = await codexExec({ version, home: direct, loginUrl: upstream.url, args: ["How many?"] });
    expect([limited.exitCode, limited.complaints]).toEqual([same.exitCode, same.complaints]);
    expect(limited.exitCode).toBe(1);
    expect((await exec("--no-such-flag")).exitCode).toBe(2);

    const { line, env } = codexCall({ version, home, loginUrl: upstream.url, wrappedTo: to });
    const [command, ...front] = line;
    const version_ = spawnSync(command, [...front, "--version"], { env, encoding: "utf8" });
    expect([version_.status, version_.stdout]).toEqual([0, `codex-cli ${version}\n`]);
  });

  test.concurrent(`${version} codexcomp codex review`, async (context) => {
    const { home, upstream, to } = await wrapped(context, version, { script: asked() });
    for (const args of [
      ["init", "-q"],
      ["add", "."],
    ])
      spawnSync("git", args, { cwd: home.work });
    await appendFile(join(home.work, "file.txt"), "changed\n");
    const { line, env } = codexCall({ version, home, loginUrl: upstream.url, wrappedTo: to });
    const [command, ...front] = line;
    const review = spawnSync(command, [...front, "review", "-c", "model=gpt-5.4", "--uncommitted"], {
      cwd: home.work,
      env,
      encoding: "utf8",
    });
    expect(review.status).toBe(0);
    expect(upstream.requests.map(({ body }) => body["model"])).toEqual(["gpt-5.4"]);
  });

  test.concurrent(`${version} codexcomp codex app-server`, async (context) => {
    const { home, upstream, to } = await wrapped(context, version, { script: asked(516) });
    const server = await appServer(version, home, upstream.url, to);
    context.onTestFinished(server.stop);
    expect(await server.ask("How many?")).toEqual(["21"]);
    expect(upstream.requests.length).toBe(2);
  });

  test.skipIf(spawnSync("tmux", ["-V"]).status !== 0)(
    `${version} codexcomp codex, in a terminal: keys, colours, and a Ctrl-C that ends the turn only`,
    async (context) => {
      let release = (): void => {};
      const interrupted = new Promise<void>((resolve) => (release = resolve));
      context.onTestFinished(release);
      const model = asked(516);
      const plan: UpstreamPlan = {
        // "Wait" gets no answer before it is interrupted
        script: (request) =>
          JSON.stringify(request.history.at(-1)).includes("Wait")
            ? { events: model(request), before: () => interrupted }
            : model(request),
      };
      const { home, upstream, to } = await wrapped(context, version, plan);
      const { line, env } = codexCall({ version, home, loginUrl: upstream.url, wrappedTo: to });
      const terminal = await openTerminal({ line: [...line, "--no-alt-screen"], env, cwd: home.work });
      context.onTestFinished(terminal.close);

      await terminal.shows(/Ask Codex|for shortcuts|send/);
      // what greets newcomers wants a key first, in some versions
      if (/Try new model|Press enter/i.test(await terminal.screen())) await terminal.press("Enter");
      await terminal.type("How many?");
      await terminal.shows(/How many\?/);
      await terminal.press("Enter");
      await terminal.shows(/^\W*21\b/m);
      expect(await terminal.screen("-e")).toContain("\u001b[");
      expect(await terminal.screen()).not.toContain("codexcomp");

      await terminal.type("Wait");
      await terminal.press("Enter");
      await vi.waitFor(
        () => expect(JSON.stringify(upstream.requests.at(-1)?.history)).toContain("Wait"),
        PATIENCE,
      );
      await terminal.press("C-c");
      await terminal.shows(/interrupted/i);
      release();
      // the wrapper is still there, and so is its proxy
      const before = upstream.requests.length;
      await terminal.type("And now?");
      await terminal.press("Enter");
      await vi.waitFor(() => expect(upstream.requests.length).toBeGreaterThan(before), PATIENCE);
      await terminal.shows(/And now\?[^]*\W21\b/);

      await terminal.type("/quit");
      await terminal.press("Enter");
      expect(await terminal.exitCode()).toBe(0);
      expect(await terminal.screen()).toMatch(/codexcomp: \d of \d turns were cut/);
    },
  );
}

const PATIENCE = { timeout: 30_000 };
