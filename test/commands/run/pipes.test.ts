import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith } from "../../options/modules/folder.js";
import { runTurn, simulated } from "../../transport/support/turns.js";
import { round } from "../../../src/testing/index.js";
import { runLine } from "../capture.js";
import { isBuilt, running } from "./running.js";

/** A folder in which a named pipe, to which nobody writes, stands at a path. */
function pipeAt(path: string): string {
  const folder = folderWith({});
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  execFileSync("mkfifo", [join(folder, path)]);
  return folder;
}

describe.skipIf(!isBuilt || process.platform === "win32")("a named pipe instead of a file", () => {
  it.each([
    ["--config", "pipe.mjs is a named pipe, not a file"],
    ["--use", "pipe.mjs is a named pipe, not a file"],
    ["--ca-file", "it is a named pipe"],
  ])("as %s ends with 2 and says so", async (flag, says) => {
    const { code, stderr } = await runLine(["--port", "0", flag, join(pipeAt("pipe.mjs"), "pipe.mjs")]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  it("as the user's config file, too", async () => {
    const folder = pipeAt("codexcomp/codexcomp.config.mjs");
    const { code, stderr } = await runLine(["--port", "0"], { env: { XDG_CONFIG_HOME: folder } });
    expect(code).toBe(2);
    expect(stderr).toContain("codexcomp.config.mjs is a named pipe, not a file");
  });

  it.each(["wire", "unwire", "wire --check"])("as Codex' config.toml: %s fails and says so", async (line) => {
    const folder = pipeAt("config.toml");
    const { code, stdout, stderr } = await runLine([...line.split(" "), "--codex-home", folder]);
    expect(code).toBe(1);
    expect(stderr + stdout).toContain("config.toml is a named pipe, not a file");
  });

  it("as journal costs the journal, and nothing else", async () => {
    const upstream = await simulated({ script: [[...round().message("hi").completed()]] });
    const env = { XDG_STATE_HOME: pipeAt("codexcomp/journal.jsonl") };
    const run = await running(["--port", "0", "--upstream", upstream.url], env);
    expect((await runTurn(await run.url())).status).toBe(200);
    await run.said(/the journal cannot be written: .*journal\.jsonl is a named pipe, not a file/);
    run.kill("SIGTERM");
    expect(await run.exit).toEqual({ code: 0, signal: null });

    const stats = await runLine(["stats"], { env });
    expect(stats.code).toBe(1);
    expect(stats.stderr).toContain("journal.jsonl is a named pipe, not a file");
  });

  it("as what somebody wants replayed is waited for, until a second signal", async () => {
    const run = await running(["replay", "pipe.sse"], {}, pipeAt("pipe.sse"));
    // No sign tells that it waits; whenever a signal comes before that, it ends all the same.
    const nudge = setInterval(() => run.kill("SIGTERM"), 200);
    const { signal } = await run.exit;
    clearInterval(nudge);
    expect(signal).toBe("SIGTERM");
  });
});
