import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The built `codexcomp serve-recording`, in a process of its own. */
export interface PlayingProcess {
  /** The base URL for the proxy, or for Codex. */
  readonly url: string;
  stop(): Promise<void>;
}

const CLI = fileURLToPath(new URL("../../../../dist/cli.js", import.meta.url));

/** Starts it on a free port. */
export async function playingProcess(path: string): Promise<PlayingProcess> {
  const args = [CLI, "serve-recording", path, "--port", "0", "--speed", "max"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "pipe"] });
  const exited = once(child, "exit");
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const address = (): string | undefined => /openai_base_url = "(\S+)"/.exec(said)?.[1];
  while (!address()) {
    await Promise.race([once(child.stderr, "data"), exited]);
    if (child.exitCode !== null) throw new Error(`codexcomp serve-recording did not start: ${said}`);
  }
  return {
    url: address() ?? "",
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
