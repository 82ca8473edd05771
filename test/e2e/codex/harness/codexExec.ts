import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { parseJsonObject, type JsonObject } from "../../../../src/protocol/event.js";
import { CLI } from "./codexcompProcess.js";
import type { CodexHome } from "./codexHome.js";
import { TOKEN_PATH } from "./login.js";

/** What one `codex exec --json` printed. */
export interface Printed {
  readonly exitCode: number | null;
  /** The events, as printed. */
  readonly events: readonly JsonObject[];
  readonly stderr: string;
  readonly threadId: string | undefined;
  /** The last thing the agent said. */
  readonly answer: string | undefined;
  /** What happened, in words that two runs can be compared by: no ids, no usage, no reasoning. */
  readonly story: readonly string[];
  /** Lines about trouble: `Reconnecting... 2/5`, error messages. */
  readonly complaints: readonly string[];
}

export interface ExecOptions {
  /** Codex' version, one of those that the runner installed. */
  readonly version: string;
  readonly home: CodexHome;
  /** Where the token endpoint is. */
  readonly loginUrl: string;
  /** Arguments behind `codex exec --json`: flags, subcommand, prompt. */
  readonly args: readonly string[];
  /** Run by `codexcomp codex`, whose upstream has this base URL. */
  readonly wrappedTo?: string | undefined;
}

/** How Codex is called: by itself, or by `codexcomp codex`. */
export function codexCall({ version, home, loginUrl, wrappedTo }: Omit<ExecOptions, "args">): {
  readonly line: readonly [command: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
} {
  const env = codexEnvironment(home, loginUrl);
  const binary = codexBinary(version);
  if (wrappedTo === undefined) return { line: [binary], env };
  return {
    line: [process.execPath, CLI, "codex"],
    env: {
      ...env,
      PATH: [dirname(binary), env["PATH"]].join(delimiter),
      CODEXCOMP_UPSTREAM: wrappedTo,
      XDG_STATE_HOME: join(home.home, "state"),
    },
  };
}

/** Runs `codex exec` to its end. */
export async function codexExec({ args, ...options }: ExecOptions): Promise<Printed> {
  const { line, env } = codexCall(options);
  const [command, ...front] = line;
  const child = spawn(command, [...front, "exec", "--json", ...FLAGS, ...args], {
    cwd: options.home.work,
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  return printed(exitCode, stdout, stderr);
}

/** What Codex finds in its environment, and nothing else. */
export function codexEnvironment({ home }: CodexHome, loginUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    CODEX_HOME: home,
    CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${loginUrl}${TOKEN_PATH}`,
    RUST_LOG: "error",
  };
}

/** Where the runner put Codex. */
export function codexBinary(version: string): string {
  return join(process.env["CODEX_E2E_CACHE"] ?? "", `codex-${version}`, "node_modules", ".bin", "codex");
}

const FLAGS = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"];

/** In milliseconds; a Codex that still runs then hangs. */
const PATIENCE = 90_000;

function printed(exitCode: number | null, stdout: string, stderr: string): Printed {
  const events = stdout
    .split("\n")
    .map((line) => parseJsonObject(line))
    .filter((event) => event !== undefined);
  const items = events.filter(({ type }) => type === "item.completed").map(({ item }) => item as JsonObject);
  const answer = items.findLast(({ type }) => type === "agent_message")?.["text"];
  const threadId = events.find(({ type }) => type === "thread.started")?.["thread_id"];
  return {
    exitCode,
    events,
    stderr,
    threadId: typeof threadId === "string" ? threadId : undefined,
    answer: typeof answer === "string" ? answer : undefined,
    story: storyOf(events),
    complaints: events.map(complaint).filter((line) => line !== undefined),
  };
}

/** What happened, in the order in which it began: a command's end is at times printed behind what came after it (seen). */
function storyOf(events: readonly JsonObject[]): string[] {
  const ids = events.map(({ item }) => (item as JsonObject | undefined)?.["id"]);
  const began = (place: number): number => (ids[place] === undefined ? place : ids.indexOf(ids[place]));
  return events
    .map((event, place) => ({ line: told(event), place: began(place) }))
    .sort((one, other) => one.place - other.place)
    .flatMap(({ line }) => (line === undefined ? [] : [line]));
}

/** One event as a line of the story; `undefined` for what differs from run to run, and for reasoning. */
function told(event: JsonObject): string | undefined {
  const trouble = complaint(event);
  if (trouble !== undefined) return `! ${trouble}`;
  if (event["type"] === "turn.completed") return "done";
  if (event["type"] !== "item.completed") return undefined;
  const { type, text, command, exit_code, tool } = event["item"] as JsonObject;
  if (type === "reasoning") return undefined;
  if (type === "agent_message") return `says ${String(text)}`;
  // its output is left out: on a busy machine Codex does not always catch it
  if (type === "command_execution") return `runs ${String(command)} -> ${String(exit_code)}`;
  return tool === undefined ? String(type) : `${String(type)} ${String(tool)}`;
}

/** What an event complains about, without the port that it happened at. */
function complaint(event: JsonObject): string | undefined {
  return complaintOf(event)?.replace(/127\.0\.0\.1:\d+/g, "HOST");
}

function complaintOf(event: JsonObject): string | undefined {
  if (event["type"] === "error") return String(event["message"]);
  if (event["type"] === "turn.failed")
    return `turn failed: ${String((event["error"] as JsonObject)["message"])}`;
  const item = event["item"] as JsonObject | undefined;
  return item?.["type"] === "error" ? String(item["message"]) : undefined;
}
