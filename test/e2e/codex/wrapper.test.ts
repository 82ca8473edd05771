import { spawn, spawnSync, type SpawnOptions } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi, type TestContext } from "vitest";
import type { SimulatedUpstream } from "../../../src/testing/index.js";
import { appServer } from "./harness/appServer.js";
import { codexCall, codexExec, type Printed } from "./harness/codexExec.js";
import { codexHome, type CodexHome, type Login } from "./harness/codexHome.js";
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
  more: { readonly login?: Login; readonly config?: string } = {},
): Promise<Wrapped> {
  const upstream = await startUpstream(plan);
  const home = await codexHome({ login: more.login ?? "chatgpt" });
  const path = join(home.home, "config.toml");
  // 0.142.5 would write that itself, in its first turn
  await appendFile(path, `[projects."${home.work}"]\ntrust_level = "trusted"\n${more.config ?? ""}`);
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

/** Runs a program to its end; not by a `spawnSync`, for the upstream is in this process. */
async function ran([command = "", ...args]: readonly string[], options: SpawnOptions) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout };
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

  test.concurrent(`${version} codexcomp codex exec resume, overrides and a profile around`, async (context) => {
    const { exec, upstream, home } = await wrapped(context, version, { script: asked(516) });
    await appendFile(join(home.home, "mine.config.toml"), "hide_agent_reasoning = true\n");
    const first = await exec("-c", "model_reasoning_effort=low", "How many?");
    expect(first).toMatchObject({ exitCode: 0, answer: "21" });
    const own = ["-c", "model_reasoning_effort=low", "--profile", "mine"];
    const second = await exec(...own, "resume", "-c", "model_verbosity=low", first.threadId ?? "", "Sure?");
    expect(second).toMatchObject({ exitCode: 0, answer: "21", complaints: [] });
    expect(upstream.requests.length).toBeGreaterThanOrEqual(3);
  });

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
    expect(await ran([...line, "--version"], { env })).toMatchObject({
      code: 0,
      stdout: `codex-cli ${version}\n`,
    });
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
    const call = [...line, "review", "-c", "model=gpt-5.4", "--uncommitted"];
    expect(await ran(call, { cwd: home.work, env })).toMatchObject({ code: 0 });
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
        // the answer to "Wait" has no end before it is interrupted
        script: (request) =>
          JSON.stringify(request.history.at(-1)).includes("Wait")
            ? {
                events: model(request),
                before: ({ text }) =>
                  text.startsWith('{"type":"response.completed"') ? interrupted : undefined,
              }
            : model(request),
      };
      const { home, upstream, to } = await wrapped(context, version, plan, {
        login: "api-key",
        config: GREETED,
      });
      const { line, env } = codexCall({ version, home, loginUrl: upstream.url, wrappedTo: to });
      const terminal = await openTerminal({ line: [...line, "--no-alt-screen"], env, cwd: home.work });
      context.onTestFinished(terminal.close);

      await terminal.shows(/^› .*[^]*gpt-5\.5 \w+ · /im);
      // what comes too fast is taken for pasted, and so is its Enter
      const say = async (text: string): Promise<void> => {
        await terminal.type(text);
        await terminal.shows(new RegExp(`› ${text.replace("?", "\\?")}`));
        await terminal.press("Enter");
      };
      await say("How many?");
      await terminal.shows(/^\W*21\b/m);
      expect(await terminal.screen("-e")).toContain("\u001b[");
      expect(await terminal.screen()).not.toContain("codexcomp: ");

      await say("Wait");
      await vi.waitFor(
        () => expect(JSON.stringify(upstream.requests.at(-1)?.history)).toContain("Wait"),
        PATIENCE,
      );
      // before there is something to be seen, 0.142.5 takes the question back without a word
      await terminal.shows(/Wait[^]*(?:I'm checking|Weighing the cases)/);
      await terminal.press("C-c");
      await terminal.shows(/interrupted/i);
      release();
      // the wrapper is still there, and so is its proxy
      const before = upstream.requests.length;
      await say("And now?");
      await vi.waitFor(() => expect(upstream.requests.length).toBeGreaterThan(before), PATIENCE);
      await terminal.shows(/And now\?[^]*\W21\b/);

      await say("/quit");
      expect(await terminal.exitCode()).toBe(0);
      expect(await terminal.screen()).toMatch(/codexcomp: \d of \d turns were cut/);
    },
  );
}

/** What a terminal's Codex would note in config.toml at its first start, and to whom it then shows no news. */
const GREETED = `
[tui]
screen_reader_detection_done = true
[tui.model_availability_nux]
"gpt-5.5" = 99
"gpt-6.1-sol" = 99
[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"
`;

const PATIENCE = { timeout: 30_000 };
