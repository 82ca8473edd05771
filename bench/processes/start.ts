import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Question, Reading } from "./probe.js";

/** A process of the benchmark. */
export interface Running {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /** Milliseconds of CPU so far. */
  cpu(): Promise<number>;
  /** Resident bytes, after a full collection. */
  memory(): Promise<number>;
  /** Asks the process a question of its own. */
  ask(question: string): Promise<number>;
  stop(): Promise<void>;
}

/** One of `bench/processes`, which tells its URL in its first message. */
export async function startOwn(name: "upstream" | "pipe" | "splice" | "uplink", ...args: string[]) {
  const child = launch(new URL(`./${name}.js`, import.meta.url), args);
  const [url] = (await firstOf(child, "message")) as [string];
  return running(child, url);
}

/** The proxy as users run it; everything that is measured is in its defaults. */
export async function startCodexcomp(upstream: string, ...flags: string[]): Promise<Running> {
  const child = launch(CLI, [...runArgs(upstream), ...flags]);
  return running(child, await urlInLog(child));
}

export const CLI = new URL("../../../../dist/cli.js", import.meta.url);

/** `codexcomp run`, as it is measured. */
export function runArgs(upstream: string): string[] {
  return ["run", "--port", "0", "--upstream", `${upstream}/v1`, "--no-journal"];
}

/** Waits until a codexcomp says where it listens. */
export function urlInLog(child: ChildProcess): Promise<string> {
  let log = "";
  return new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`codexcomp did not start:\n${log}`)));
    child.stderr?.on("data", (chunk: Buffer) => {
      if (log.length > 10_000) return; // it is read on, for a full pipe would stop the process
      log += chunk.toString();
      const listening = /codexcomp \S+ on (http:\S+)\/v1/.exec(log)?.[1];
      if (listening) resolve(listening);
    });
  });
}

function launch(script: URL, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(script), args, {
    execArgv: ["--expose-gc", "--import", new URL("./probe.js", import.meta.url).href, ...profiling()],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
    env: environment(),
  });
}

/** `BENCH_PROFILE=DIR npm run bench -- post-cpu` leaves CPU profiles of all processes there. */
function profiling(): string[] {
  const folder = process.env["BENCH_PROFILE"];
  return folder ? ["--cpu-prof", "--cpu-prof-dir", folder] : [];
}

/** Without what would change how things run here: proxies, our own settings, coverage. */
export function environment(): NodeJS.ProcessEnv {
  const foreign = /^(CODEXCOMP_|NODE_|SSL_CERT_FILE|[a-z]+_proxy$|npm_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

function running(child: ChildProcess, url: string): Running {
  let waiting = Promise.resolve(0);
  /** One question at a time, for answers carry no name. */
  const ask = (question: string): Promise<number> =>
    (waiting = waiting.then(async () => {
      child.send(question);
      const [reading] = (await firstOf(child, "message")) as [Reading];
      return reading.value;
    }));
  return {
    url,
    cpu: () => ask("cpu" satisfies Question),
    memory: () => ask("memory" satisfies Question),
    ask,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, "exit");
    },
  };
}

export async function firstOf(child: ChildProcess, event: string): Promise<unknown[]> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      once(child, event, { signal: settled.signal }),
      once(child, "exit", { signal: settled.signal }).then(([code]) => {
        throw new Error(`a process of the benchmark ended early (exit code ${code})`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}
