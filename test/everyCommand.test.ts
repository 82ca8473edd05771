import { execFile, spawnSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { dispatch } from "../src/commands/dispatch.js";
import { commands } from "../src/commands/index.js";
import { round } from "../src/testing/index.js";
import { memoryOutput } from "./commands/capture.js";
import { cli, isBuilt, running } from "./commands/run/running.js";
import { scratchHome } from "./commands/scratchHome.js";
import { recordTurn } from "./recordings/support.js";

// A dozen processes, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
const SESSIONS = resolve("test/fixtures/sessions/codex-0.142");
const [WIDTH, HEIGHT] = [78, 50];
const ESCAPE = "\u001b";

/** A command line, and what is to be seen of it. */
interface Line {
  readonly line: string;
  readonly code: number;
  readonly shows: RegExp;
  /** It runs until it is interrupted. */
  readonly endless?: true;
  /** Another program writes to its process' streams. */
  readonly handsOver?: true;
  /** It listens, draws or hands over: what a real terminal makes of it is to be seen. */
  readonly terminal?: true;
}

const LINES: readonly Line[] = [
  {
    terminal: true,
    line: "run --port 0 --no-journal",
    code: 0,
    shows: /codexcomp \S+ on http/,
    endless: true,
  },
  { terminal: true, line: "demo", code: 0, shows: /2 round\(s\)/ },
  { line: "wire --port 9", code: 0, shows: /Codex now goes to http:\/\/127\.0\.0\.1:9\/v1/ },
  { line: "wire --check", code: 1, shows: /not wired/ },
  { line: "unwire", code: 0, shows: /config\.toml/ },
  { line: "install-service --print", code: 0, shows: /ExecStart=|<plist|shell:startup/ },
  { line: "uninstall-service", code: 0, shows: /No service is installed/ },
  // port 9 refuses: what is outside of this machine is not asked
  { terminal: true, line: "doctor --upstream http://127.0.0.1:9/v1 --proxy none", code: 1, shows: /Node/i },
  { line: "status --port 9", code: 1, shows: /nothing listens on port 9/ },
  { line: "page --port 9", code: 1, shows: /no codexcomp listens on port 9/ },
  { terminal: true, line: `scan --since all --codex-home ${SESSIONS}`, code: 0, shows: /4 responses/ },
  { terminal: true, line: "eval --rehearse --pairs 1", code: 0, shows: /with 1 pair no gain would show/ },
  { line: "stats", code: 0, shows: /No turns in the journal/ },
  { line: "logs", code: 1, shows: /no log at/ },
  { terminal: true, line: "exec -- uname", code: 0, shows: /Linux|Darwin/, handsOver: true },
  {
    terminal: true,
    line: "codex --version",
    code: 0,
    shows: /codex-cli called with -c openai_base_url=http\S+ --version/,
    handsOver: true,
  },
  { line: "replay RECORDING", code: 0, shows: /the same as recorded/ },
  {
    terminal: true,
    line: "serve-recording --port 0 RECORDING",
    code: 0,
    shows: /http:\/\/127\.0\.0\.1:\d+/,
    endless: true,
  },
  { line: "new-operator plain-dashes --dir FOLDER", code: 0, shows: /plainDashes/ },
  { line: "completion fish", code: 0, shows: /complete/ },
  { line: "help stats", code: 0, shows: /codexcomp stats/ },
];

test("every command has its line", () => {
  const driven = new Set(LINES.map(({ line }) => line.split(" ")[0]));
  expect(commands.map(({ name }) => name).filter((name) => !driven.has(name))).toEqual([]);
});

/** The line's words; `FOLDER` and `RECORDING` are of this test's own. */
async function argsOf({ line }: Line): Promise<string[]> {
  const folder = line.includes("FOLDER") ? (await scratchHome()).path : "";
  const words = line.split(" ").map((word) => (word === "FOLDER" ? folder : word));
  if (!words.includes("RECORDING")) return words;
  const recording = await recordTurn([
    round().reasoning(516).message("WRONG").completed(),
    round().reasoning(300).message("RIGHT").completed(),
  ]);
  return words.map((word) => (word === "RECORDING" ? recording : word));
}

/** Runs a line within this process. @param columns of the terminal, if it is one */
async function outcomeOf(each: Line, columns?: number): Promise<{ code: number; text: string }> {
  const args = await argsOf(each);
  const stop = new AbortController();
  const [stdout, stderr] = [memoryOutput(columns), memoryOutput(columns)];
  const text = () => stdout.text() + stderr.text();
  for (const stream of [stdout, stderr]) {
    stream.on("written", () => {
      if (each.endless && each.shows.test(text())) stop.abort();
    });
  }
  const env = await environment(args);
  const code = await dispatch(args, commands, { stdout, stderr, env, signal: stop.signal });
  return { code, text: text() };
}

describe("without a terminal", () => {
  test.each(LINES.filter(({ handsOver }) => !handsOver))("$line", async (each) => {
    const { code, text } = await outcomeOf(each);

    expect({ code, text }).toEqual({ code: each.code, text: expect.stringMatching(each.shows) });
    expect(text).not.toContain(ESCAPE);
  });

  test.skipIf(!isBuilt).each(LINES.filter(({ handsOver }) => handsOver))("$line", async (each) => {
    const args = await argsOf(each);
    const run = await running(args, await environment(args));
    const { code } = await run.exit;

    const text = run.stdout + run.stderr;
    expect({ code, text }).toEqual({ code: each.code, text: expect.stringMatching(each.shows) });
    expect(text).not.toContain(ESCAPE);
  });
});

describe("in what says that it is a terminal", () => {
  test.each(LINES.filter(({ terminal }) => !terminal))("$line", async (each) => {
    const { code, text } = await outcomeOf(each, WIDTH);

    expect({ code, text: stripVTControlCharacters(text) }).toEqual({
      code: each.code,
      text: expect.stringMatching(each.shows),
    });
  });
});

describe.skipIf(!isBuilt || !hasTmux)("in a real terminal", () => {
  test.each(LINES.filter(({ terminal }) => terminal))("$line", async (each) => {
    const terminal = await openTerminal(await argsOf(each));
    if (each.endless) {
      await vi.waitFor(async () => expect(await terminal.screen()).toMatch(each.shows), 30_000);
      await terminal.press("C-c");
    }
    const code = await terminal.over();

    const screen = await terminal.screen();
    // the terminal breaks lines where it ends, in the middle of words
    expect(screen.replaceAll("\n", " ")).toMatch(
      new RegExp(each.shows.source.replaceAll(" ", "\\s+"), each.shows.flags),
    );
    expect(code).toBe(each.code);
  });

  test("colours what it shows, unless it is not to", async () => {
    const line = ["scan", "--since", "all", "--codex-home", SESSIONS];
    const [coloured, plain] = [await openTerminal(line), await openTerminal(line, { NO_COLOR: "1" })];
    await Promise.all([coloured.over(), plain.over()]);
    expect(await coloured.screen("-e")).toContain(`${ESCAPE}[1m`);
    expect(await plain.screen("-e")).not.toContain(ESCAPE);
  });
});

/** A home with a Codex in it, gone with the test; the program itself only where it is to be run. */
async function environment([command]: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const { env, path, write } = await scratchHome();
  await write(".codex/config.toml", 'model = "gpt-5.5"\n');
  if (command !== "codex") return env;
  await chmod(await write("bin/codex", '#!/bin/sh\necho "codex-cli called with $*"\n'), 0o755);
  return { ...env, PATH: `${path}/bin${delimiter}${env["PATH"]}` };
}

/** Types a command line into a terminal of its own. */
async function openTerminal(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env: NodeJS.ProcessEnv = { ...(await environment(args)), TERM: "xterm-256color", ...more };
  const home = env["HOME"] ?? "";
  const [script, exit, socket] = [join(home, "line.sh"), join(home, "exit"), join(home, "tmux")];
  const tmux = (...words: string[]) =>
    promisify(execFile)("tmux", ["-S", socket, "-f", "/dev/null", ...words]);
  const quoted = [process.execPath, resolve(cli), ...args].map((word) => `'${word}'`).join(" ");
  const settings = Object.entries(env).map(([name, value]) => `'${name}=${value ?? ""}'`);
  await writeFile(
    script,
    [
      // Ctrl-C is for the program, not for the shell that waits for it
      "trap : INT",
      `env -i ${settings.join(" ")} ${quoted}`,
      `echo $? > '${exit}'`,
      `tmux -S '${socket}' wait-for -S over`,
      "exec cat",
    ].join("\n"),
  );
  await tmux("new-session", "-d", "-x", String(WIDTH), "-y", String(HEIGHT), `sh '${script}'`);
  onTestFinished(async () => void (await tmux("kill-server").catch(() => {})));
  return {
    /** All that was shown so far, scrolled away or not. */
    screen: async (...flags: string[]) => (await tmux("capture-pane", "-p", "-S", "-", ...flags)).stdout,
    press: (key: string) => tmux("send-keys", key),
    /** Waits for the line's end. @returns its exit code */
    over: async (): Promise<number> => {
      await tmux("wait-for", "over");
      return Number(await readFile(exit, "utf8"));
    },
  };
}
