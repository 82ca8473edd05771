import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseJsonObject, type JsonObject } from "../../../../src/protocol/event.js";

/** The built `codexcomp`, serving in a process of its own. */
export interface CodexcompProcess {
  /** The base URL for Codex. */
  readonly url: string;
  /** Its log so far, one object a line. */
  readonly log: readonly JsonObject[];
  stop(): Promise<void>;
}

export const CLI = fileURLToPath(new URL("../../../../dist/cli.js", import.meta.url));

/** Starts a proxy on a free port. @param flags further flags of `codexcomp run` */
export function proxyProcess(upstream: string, flags: readonly string[] = []): Promise<CodexcompProcess> {
  const args = ["--port", "0", "--upstream", upstream, "--no-journal", ...flags];
  return codexcompProcess(["run", "--log-format", "json", ...args]);
}

/** Starts an upstream that plays recorded turns, on a free port. */
export function playingProcess(path: string): Promise<CodexcompProcess> {
  return codexcompProcess(["serve-recording", path, "--port", "0", "--speed", "max"]);
}

/**
 * Starts it and waits until it says how Codex can reach it.
 *
 * @param env default: nothing of this machine's user
 * @throws with all that it said, where it ends instead
 */
export async function codexcompProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv = { PATH: process.env["PATH"], HOME: "/nonexistent" },
): Promise<CodexcompProcess> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "inherit", "pipe"], env });
  const exited = once(child, "exit");
  const log: JsonObject[] = [];
  const listening = new Promise<string>((resolve) => {
    createInterface(child.stderr).on("line", (line) => {
      const entry = parseJsonObject(line) ?? { level: "error", message: line };
      log.push(entry);
      const [, url] = /openai_base_url = "(\S+)"/.exec(String(entry["message"])) ?? [];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([listening, exited]);
  if (typeof url !== "string") throw new Error(`codexcomp did not start: ${JSON.stringify(log)}`);
  return {
    url,
    log,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
