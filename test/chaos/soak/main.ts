import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { simulatedUpstream } from "../../../src/testing/index.js";
import { crowd, faultyScript, nothingSeen, type Seen } from "../support/crowd.js";
import type { Said, Sample } from "./proxyProcess.js";

const USAGE = "usage: npm run soak -- [--seconds 600] [--clients 100] [--faults 0.02] [--seed 1]";

/** By how much the heap may grow between the first third and the end. What is compiled and pooled later is in it. */
const HEAP_SLACK_BYTES = 12 * 1024 * 1024;

const MEGABYTE = 1024 * 1024;

/** Runs clients against a proxy for a while and prints how it fares. @returns the exit code */
async function soak(seconds: number, clients: number, faults: number, seed: string): Promise<number> {
  const upstream = await simulatedUpstream({ script: faultyScript(seed, faults) });
  const child = fork(fileURLToPath(new URL("proxyProcess.js", import.meta.url)), [upstream.url], {
    execArgv: ["--expose-gc"],
  });
  const gone = once(child, "exit");
  const [{ base }] = (await once(child, "message")) as [Said & { kind: "listening" }];
  const sampled = async (): Promise<Sample> => {
    child.send("sample");
    const [said] = (await Promise.race([once(child, "message"), gone])) as [Said | number | null];
    if (said === null || typeof said !== "object" || said.kind !== "sample")
      throw new Error("the proxy died");
    return said.sample;
  };

  const seen = nothingSeen();
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const idle = await sampled();
  const running = crowd(base, { seed, clients, goesOn: () => elapsed() < seconds, pause: 4000 }, seen);
  const samples: Sample[] = [];
  const bugs: string[] = [];
  const show = (sample: Sample): void => {
    bugs.push(...sample.bugs);
    print(row(elapsed(), seen, sample, bugs.length));
  };
  print(HEAD);
  show(idle);
  while (elapsed() < seconds) {
    await sleep(Math.min(seconds / 20, seconds - elapsed()) * 1000);
    const sample = await sampled();
    samples.push(sample);
    show(sample);
  }
  await running;
  let last = await sampled();
  // Idle connections to the upstream are kept for a while, and those to clients are gone.
  for (let i = 0; i < 20 && last.open > 0; i++) {
    await sleep(100);
    last = await sampled();
  }
  show(last);
  child.disconnect();
  await Promise.all([gone, upstream.close()]);

  const early = samples[Math.floor(samples.length / 3)] ?? idle;
  const late = samples.at(-1) ?? last;
  const grown = late.heap - early.heap;
  const failures = [
    ...(bugs.length > 0 ? [`${bugs.length} errors of the proxy's own: ${bugs[0]}`] : []),
    ...(seen.wrong.length > 0 ? [`${seen.wrong.length} wrong streams: ${seen.wrong[0]}`] : []),
    ...(last.open > 0 ? [`${last.open} turns are still open`] : []),
    ...(grown > HEAP_SLACK_BYTES ? [`the heap grew by ${megabytes(grown)} MB`] : []),
    ...(last.handles > idle.handles + clients ? [`${last.handles - idle.handles} handles are left`] : []),
  ];
  print("");
  for (const [ending, count] of seen.endings) print(`${String(count).padStart(8)}  ${ending}`);
  for (const failure of failures) print(`failed: ${failure}`);
  if (failures.length === 0) print(`flat: heap ${megabytes(grown)} MB since ${megabytes(early.heap)} MB`);
  return failures.length === 0 ? 0 : 1;
}

const HEAD = " seconds    turns   turns/s  RSS MB  heap MB  handles  open  loop p99 ms  errors";

function row(at: number, seen: Seen, sample: Sample, bugs: number): string {
  const cells: [string | number, number][] = [
    [at.toFixed(0), 8],
    [seen.turns, 9],
    [(seen.turns / Math.max(at, 1)).toFixed(1), 10],
    [megabytes(sample.rss), 8],
    [megabytes(sample.heap), 9],
    [sample.handles, 9],
    [sample.open, 6],
    [sample.delayP99.toFixed(1), 13],
    [bugs + seen.wrong.length, 8],
  ];
  return cells.map(([cell, width]) => String(cell).padStart(width)).join("");
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    clients: { type: "string", default: "100" },
    faults: { type: "string", default: "0.02" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
const numbers = [Number(values.seconds), Number(values.clients), Number(values.faults)] as const;
if (values.help || numbers.some((number) => !(number >= 0))) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 2;
} else {
  process.exitCode = await soak(...numbers, values.seed);
}
