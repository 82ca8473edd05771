import { readFileSync } from "node:fs";
import { parseJsonObject, type JsonObject } from "../../../src/protocol/event.js";
import { start, until, type Program } from "./programs.js";

/** Seconds that turns have when an instance is told to stop: more than any of them takes here. */
const DRAIN = "60";

/** One codexcomp, as the examples run it. */
export interface Instance {
  readonly name: string;
  readonly base: string;
  /** Lines of the logs of all its processes. */
  log(): JsonObject[];
  /** Ends its process by SIGTERM and starts another one. @returns the exit code, and seconds until the end */
  restart(): Promise<{ readonly code: unknown; readonly seconds: number }>;
  /** Seconds of CPU that its processes have taken. */
  cpuSeconds(): number;
}

export async function startInstance(name: string, port: number, upstream: string): Promise<Instance> {
  const base = `http://127.0.0.1:${port}`;
  const said: string[] = [];
  let cpu = 0;
  const begin = async (): Promise<Program> => {
    const own = ["--port", String(port), "--upstream", upstream, "--proxy", "none"];
    const asExamples = ["--instance", name, "--drain-timeout", DRAIN, "--log-format", "json"];
    const args = ["dist/cli.js", "run", ...own, ...asExamples, "--no-journal", "--no-page"];
    const program = start(process.execPath, args);
    await program.says(/"event":"listening"/);
    // Not /readyz: who asks that is waited for.
    await until(async () => (await fetch(`${base}/healthz`)).ok);
    return program;
  };
  const taken = (): number => cpuSecondsOf(running.child.pid);
  let running = await begin();
  return {
    ...{ name, base },
    log: () =>
      [...said, running.said()]
        .flatMap((text) => text.split("\n"))
        .filter((line) => line !== "")
        .map((line) => parseJsonObject(line) ?? { level: "error", message: line }),
    restart: async () => {
      cpu += taken();
      const started = performance.now();
      const code = await running.stop();
      const seconds = (performance.now() - started) / 1000;
      said.push(running.said());
      running = await begin();
      return { code, seconds };
    },
    cpuSeconds: () => cpu + taken(),
  };
}

/** utime and stime, proc(5), in ticks of 10 ms. */
function cpuSecondsOf(pid: number | undefined): number {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(/.*\) | /);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
