import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CLI, environment, firstOf, runArgs, urlInLog } from "./start.js";

/** Who is started: nothing but a proxy of Node's own pipes, or ours. */
export type Started = "floor" | "codexcomp";

/**
 * Starts a proxy as users do, with nothing of the benchmark in it, has somebody ask it as soon as it says that it listens,
 * and ends it.
 *
 * @param ask resolves when what was to be seen was seen
 * @returns the milliseconds from the spawn to that
 */
export async function fromSpawn(
  way: Started,
  upstream: string,
  ask: (url: string) => Promise<unknown>,
  variables: NodeJS.ProcessEnv = {},
): Promise<number> {
  const env = { ...environment(), ...variables };
  const begun = performance.now();
  const { child, url } = way === "floor" ? pipe(upstream, env) : codexcomp(upstream, env);
  try {
    await ask(await url);
    return performance.now() - begun;
  } finally {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

/** The milliseconds that a program takes from its spawn to its end. */
export async function toEnd(...args: string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { env: environment(), stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}`);
  return performance.now() - begun;
}

function pipe(upstream: string, env: NodeJS.ProcessEnv): { child: ChildProcess; url: Promise<string> } {
  const script = fileURLToPath(new URL("./pipe.js", import.meta.url));
  const child = fork(script, [upstream], {
    env,
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return { child, url: firstOf(child, "message").then(([url]) => url as string) };
}

function codexcomp(upstream: string, env: NodeJS.ProcessEnv): { child: ChildProcess; url: Promise<string> } {
  const args = [fileURLToPath(CLI), ...runArgs(upstream)];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  return { child, url: urlInLog(child) };
}
