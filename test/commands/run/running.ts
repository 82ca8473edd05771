import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { resolve } from "node:path";
import { onTestFinished } from "vitest";
import { dispatch } from "../../../src/commands/dispatch.js";
import { commands } from "../../../src/commands/index.js";
import { memoryOutput } from "../capture.js";
import { scratchHome } from "../scratchHome.js";

/** The built program, which is what people run: `npm test` builds it first. */
export const cli = "dist/cli.js";
export const isBuilt = existsSync(cli);

/** In the log for people, and in the one for machines. */
const BASE_URL = /openai_base_url = \\?"(\S+?)\\?"/;

/** A process of the program. */
export interface Running {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Waits for something on stderr. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for the base URL that is told to people. */
  url(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for the end. */
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Runs the program in a home of its own, with nothing else of the environment.
 *
 * @param cwd default: this test's
 * @param by a command that runs what stands behind it
 */
export async function running(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
  by: readonly string[] = [],
): Promise<Running> {
  const home = await scratchHome();
  const [command = "", ...rest] = [...by, process.execPath, resolve(cli), ...args];
  const child = spawn(command, rest, {
    cwd,
    env: { ...home.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = once(child, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const said = (pattern: RegExp) =>
    found(
      pattern,
      () => stderr,
      () => once(child.stderr, "data"),
      exit,
    );
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    said,
    url: async () => (await said(BASE_URL))[1] ?? "",
    kill: (signal) => void child.kill(signal),
    exit,
  };
}

/** Waits for something in a text that grows, until its end. @throws Error where it ends without */
async function found(
  pattern: RegExp,
  text: () => string,
  more: () => Promise<unknown>,
  end: Promise<unknown>,
): Promise<RegExpExecArray> {
  let isOver = false;
  const over = end.then(() => (isOver = true));
  for (;;) {
    const match = pattern.exec(text());
    if (match) return match;
    if (isOver) throw new Error(`ended without saying ${pattern}: ${text()}`);
    await Promise.race([more(), over]);
  }
}

/** A command line that runs within this process: for what is no matter of processes, at a twentieth of their cost. */
export interface RunningHere extends Pick<Running, "stdout" | "stderr" | "said" | "url"> {
  /** Does what the first Ctrl-C does. @returns the exit code */
  stop(): Promise<number>;
  /** Waits for the end. @returns the exit code */
  readonly exit: Promise<number>;
}

/** Runs the program in a home of its own, with nothing else of the environment; stopped with the test. */
export async function runningHere(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningHere> {
  const home = await scratchHome();
  const [stdout, stderr] = [memoryOutput(), memoryOutput()];
  const ending = new AbortController();
  const exit = dispatch(args, commands, {
    stdout,
    stderr,
    env: { ...home.env, ...env },
    signal: ending.signal,
  });
  const stop = () => {
    ending.abort();
    return exit;
  };
  onTestFinished(async () => void (await stop()));
  const said = (pattern: RegExp) =>
    found(
      pattern,
      () => stderr.text(),
      () => once(stderr, "written"),
      exit,
    );
  return {
    get stdout() {
      return stdout.text();
    },
    get stderr() {
      return stderr.text();
    },
    said,
    url: async () => (await said(BASE_URL))[1] ?? "",
    stop,
    exit,
  };
}
