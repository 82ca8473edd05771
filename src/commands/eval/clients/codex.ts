import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import spawn from "cross-spawn";
import { asObject, parseJsonObject, type JsonObject } from "../../../protocol/event.js";
import { runTool } from "../../../service/tool.js";
import type { Environment } from "../../command.js";
import type { Client, Question, Reply } from "./client.js";

/** Seconds that Codex has to end once it was told to. */
const GRACE = 5;

export interface CodexOptions {
  /** The program. */
  readonly path: string;
  readonly version: string;
  readonly env: Environment;
  /** Taken away with the client. */
  readonly scratch?: string;
}

/** The real Codex, in a scratch folder of its own: `codex exec`, one process a question. */
export async function codexClient({ path, version, env, scratch }: CodexOptions): Promise<Client> {
  const work = await mkdtemp(join(tmpdir(), "codexcomp-eval-"));
  return {
    name: `Codex ${version}`,
    version,
    ask: async (question) => {
      const ended = await run(path, argumentsFor(question, work), question, withoutProxy(env));
      return replyOf(ended);
    },
    close: async () => {
      const folders = [work, ...(scratch === undefined ? [] : [scratch])];
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })));
    },
  };
}

/**
 * Settings of this call alone: config.toml stays as it is, and no session is written, which `codexcomp scan` would
 * count. The values need no quotes of TOML: Codex takes what is no TOML as text.
 */
function argumentsFor({ model, effort, baseUrl }: Question, work: string): string[] {
  const settings = [
    "model_provider=openai",
    `openai_base_url=${baseUrl}`,
    ...(effort === "default" ? [] : [`model_reasoning_effort=${effort}`]),
  ];
  return [
    ...["exec", "--json", "--ephemeral", "--skip-git-repo-check", "--sandbox", "read-only", "--cd", work],
    ...["--model", model, ...settings.flatMap((setting) => ["-c", setting])],
    "-", // the prompt comes on stdin
  ];
}

/** Codex must reach this machine itself, whatever proxies the environment names for the rest of the world. */
function withoutProxy(env: Environment): Environment {
  const local = ["127.0.0.1", "localhost", env["NO_PROXY"] ?? env["no_proxy"]].filter(Boolean).join(",");
  return { ...env, NO_PROXY: local, no_proxy: local };
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

function run(path: string, args: string[], question: Question, env: Environment): Promise<Ended> {
  const { prompt, timeout, signal } = question;
  // cross-spawn, because what npm installs on Windows is a command file.
  const child = spawn(path, args, { env: { ...env }, windowsHide: true });
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-4000)));
  child.stdin?.on("error", () => {}); // it ended without reading
  child.stdin?.end(prompt);
  return new Promise((resolve) => {
    let timedOut = false;
    let last: NodeJS.Timeout | undefined;
    const stop = (): void => {
      end(child, "SIGTERM", env);
      last ??= setTimeout(() => end(child, "SIGKILL", env), GRACE * 1000);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, timeout * 1000);
    signal.addEventListener("abort", stop, { once: true });
    const settle = (code: number | null, trouble = ""): void => {
      clearTimeout(timer);
      clearTimeout(last);
      signal.removeEventListener("abort", stop);
      resolve({ code, stdout, stderr: stderr + trouble, timedOut });
    };
    child.once("error", ({ message }) => settle(null, message));
    child.once("close", (code) => settle(code));
    if (signal.aborted) stop();
  });
}

/** On Windows a signal ends the shell of a command file only, and not what runs in it. */
function end(child: ChildProcess, signal: NodeJS.Signals, env: Environment): void {
  if (process.platform !== "win32") child.kill(signal);
  else void runTool("taskkill", ["/pid", String(child.pid), "/t", "/f"], env);
}

/** Reads what `codex exec --json` printed (seen in 0.142 and 0.169). */
export function replyOf({ code, stdout, stderr, timedOut }: Ended): Reply {
  const events = stdout
    .split("\n")
    .map(parseJsonObject)
    .filter((event) => event !== undefined);
  const items = events
    .filter(({ type }) => type === "item.completed")
    .map(({ item }) => asObject(item))
    .filter((item) => item !== undefined);
  const text = items.findLast(({ type }) => type === "agent_message")?.["text"];
  const answered = typeof text === "string" && code === 0;
  return {
    text: answered && !timedOut ? text : undefined,
    timedOut,
    failure: answered || timedOut ? undefined : whyFailed(events, stderr, code),
    tools: items.filter(({ type }) => TOOLS.has(String(type))).length,
    transcript: stdout,
  };
}

const TOOLS = new Set([
  "command_execution",
  "mcp_tool_call",
  "web_search",
  "file_change",
  "collab_tool_call",
]);

function whyFailed(events: readonly JsonObject[], stderr: string, code: number | null): string {
  const failed = asObject(events.findLast(({ type }) => type === "turn.failed")?.["error"])?.["message"];
  const error = failed ?? events.findLast(({ type }) => type === "error")?.["message"];
  const last = stderr.trim().split("\n").at(-1);
  return String(error ?? (last || `codex ended with exit code ${code} and no answer`));
}
