import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

/** The built program, which is what people run: `npm test` builds it first. */
const cli = "dist/cli.js";
const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", env: { ...process.env, ...env } });

describe.skipIf(!existsSync(cli))("the codexcomp process", () => {
  it("keeps data on stdout and complaints on stderr", () => {
    expect(run(["--version"])).toMatchObject({ status: 0, stderr: "" });
    expect(run(["--nonsense"])).toMatchObject({ status: 2, stdout: "" });
  });

  it("writes all of a long text into a pipe before it ends", () => {
    const { stdout } = run(["completion", "powershell"]);
    expect(stdout.trimEnd().endsWith("}")).toBe(true);
  });

  it("ends quietly when nobody reads on", async () => {
    const child = spawn(process.execPath, [cli, "help", "run"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect([code, complaints]).toEqual([0, ""]);
  });
});

const hasPty = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Runs a command line in a pseudo-terminal of 70 columns; standard output and error arrive as one. */
function inTerminal(line: string, env: NodeJS.ProcessEnv = {}) {
  const command = `stty cols 70; ${process.execPath} ${cli} ${line}`;
  const { status, stdout } = spawnSync("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      TERM: "xterm-256color",
      SHELL: "/bin/sh",
      ...env,
    },
    input: "",
    timeout: 15_000,
  });
  return { status, text: stdout.replaceAll("\r\n", "\n") };
}

describe.skipIf(!existsSync(cli) || !hasPty)("codexcomp in a terminal", () => {
  const ESCAPE = "\u001b";
  const lines = [
    "--help",
    "help scan",
    "scan --since all --codex-home test/fixtures/sessions/codex-0.169",
    "stats",
    "completion bash",
  ];

  it.each(lines)("%s: ends by itself, within the width, and without colour on request", (line) => {
    const { status, text } = inTerminal(line, { NO_COLOR: "1" });
    expect(status).toBe(0);
    // What the progress bar drew, and took away again.
    const shown = text.replace(new RegExp(`\\r?${ESCAPE}\\[K.*\\r${ESCAPE}\\[K`, "g"), "");
    expect(shown).not.toContain(ESCAPE);
    if (line.startsWith("completion")) return;
    const prose = shown.split("\n").filter((each) => !each.includes("codexcomp completion"));
    expect(Math.max(...prose.map((each) => each.length))).toBeLessThanOrEqual(70);
  });

  it("is coloured, and shows progress", () => {
    const { text } = inTerminal("scan --since all --codex-home test/fixtures/sessions/codex-0.169");
    expect(text).toContain(`${ESCAPE}[1mBy model and effort`);
    expect(text).toContain("4 session logs\r");
  });

  it("complains in one line", () => {
    expect(inTerminal("stat")).toEqual({
      status: 2,
      text: expect.stringMatching(/^codexcomp: unknown command.*\n$/),
    });
  });
});
