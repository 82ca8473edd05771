import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseJsonObject, type JsonObject } from "../../../../src/protocol/event.js";

/** The built `codexcomp run`, in a process of its own. */
export interface ProxyProcess {
  /** The base URL for Codex. */
  readonly url: string;
  /** Its log so far, one object a line. */
  readonly log: readonly JsonObject[];
  stop(): Promise<void>;
}

const CLI = fileURLToPath(new URL("../../../../dist/cli.js", import.meta.url));

/** Starts it on a free port. @param flags further flags of `codexcomp run` */
export async function proxyProcess(upstream: string, flags: readonly string[] = []): Promise<ProxyProcess> {
  const args = [
    CLI,
    "run",
    "--port",
    "0",
    "--upstream",
    upstream,
    "--log-format",
    "json",
    "--no-journal",
    ...flags,
  ];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "inherit", "pipe"],
    env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const log: JsonObject[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on("line", (line) => {
      const entry = parseJsonObject(line) ?? { level: "error", message: line };
      log.push(entry);
      if (entry["event"] === "listening") resolve(String(entry["url"]));
    });
    child.once("error", reject);
    void exited.then(() => reject(new Error(`codexcomp did not start: ${JSON.stringify(log)}`)));
  });
  return {
    url,
    log,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
