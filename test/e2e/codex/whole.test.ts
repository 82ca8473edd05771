import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseJsonObject } from "../../../src/protocol/event.js";
import { CLI, codexcompProcess } from "./harness/codexcompProcess.js";
import { codexExec } from "./harness/codexExec.js";
import { codexHome, type CodexHome } from "./harness/codexHome.js";
import { asked } from "./harness/models.js";
import { VERSIONS } from "./harness/scenario.js";
import { startUpstream } from "./harness/upstream.js";
import { freePort } from "../../transport/support/upstreams.js";

for (const version of VERSIONS) {
  test.concurrent(`${version} wire, install-service --print, run, codex exec, stats, unwire`, async (context) => {
    const upstream = await startUpstream({ script: asked(516) });
    context.onTestFinished(() => upstream.close());
    const home = await codexHome({ login: "chatgpt" });
    context.onTestFinished(() => home.remove());
    const config = () => readFile(join(home.home, "config.toml"));
    const codexcomp = (...args: string[]) => commandOf(home, args);
    // 0.142.5 would write that itself, in its first turn
    await appendFile(join(home.home, "config.toml"), `[projects."${home.work}"]\ntrust_level = "trusted"\n`);
    const before = await config();
    const port = String(await freePort());

    expect(await codexcomp("wire", "--port", port)).toMatchObject({ code: 0 });
    expect((await config()).toString()).toContain(`openai_base_url = "http://127.0.0.1:${port}/v1"\n`);
    expect((await codexcomp("wire", "--check")).code).toBe(1);

    const service = ["--port", port, "--upstream", `${upstream.url}/v1`];
    const printed = await codexcomp("install-service", "--print", ...service);
    expect(printed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${upstream.url}/v1`),
    });
    expect(await filesIn(join(home.home, ".config"))).toEqual([]);

    const running = await codexcompProcess(["run", "--log-format", "json", ...service], environment(home));
    context.onTestFinished(running.stop);
    expect((await codexcomp("wire", "--check")).code).toBe(0);
    const said = await codexExec({ version, home, loginUrl: upstream.url, args: ["How many?"] });
    expect(said).toMatchObject({ exitCode: 0, answer: "21", complaints: [] });
    await running.stop();

    const { code, stdout } = await codexcomp("stats", "--json");
    expect(code).toBe(0);
    expect(parseJsonObject(stdout)).toMatchObject({
      turns: 1,
      truncated: 1,
      folds: 1,
      foldsByOutcome: { natural: 1 },
      continuations: 1,
    });

    expect(await codexcomp("unwire", "--port", port)).toMatchObject({ code: 0 });
    expect((await config()).equals(before)).toBe(true);
  });
}

/** What the commands find in their environment: folders of the test's own. */
function environment({ home }: CodexHome): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: home,
    CODEX_HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CONFIG_HOME: join(home, ".config"),
  };
}

async function commandOf(home: CodexHome, args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: environment(home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
