import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { createFrame, postBody } from "../load/requests.js";
import { post } from "../load/post.js";
import { openSession } from "../load/session.js";
import { interleave } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { megabytes, milliseconds, times, type Row } from "../measure/table.js";
import { fromSpawn, toEnd, type Started } from "../processes/fresh.js";
import { CLI, startCodexcomp, startOwn } from "../processes/start.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

const WAYS = ["floor", "codexcomp"] as const;
const GOALS = { healthy: 200, version: 80, memory: 60 * 1024 * 1024 };
const PLAY: Play = { round: "short", pace: 0 };

/** How long one waits for it, and what it takes before anybody asks. */
export const start: Part = {
  name: "start",
  title: "Start (floor: req.pipe; of --version: node --eval 0)",
  run: async ({ quick }) => {
    const repetitions = quick ? 5 : 15;
    const upstream = await startOwn("upstream");
    const folder = mkdtempSync(join(tmpdir(), "codexcomp-bench-"));
    const authorities = join(folder, "authorities.pem");
    writeFileSync(authorities, rootCertificates.join("\n"));
    const spawned = (ask: (url: string, way: Started) => Promise<unknown>, variables?: NodeJS.ProcessEnv) =>
      interleave(WAYS, repetitions, (way) => fromSpawn(way, upstream.url, (url) => ask(url, way), variables));
    try {
      return [
        timeRow("spawn to healthy", await spawned(healthy), GOALS.healthy),
        timeRow(
          `... ${rootCertificates.length} authorities in SSL_CERT_FILE`,
          await spawned(healthy, { SSL_CERT_FILE: authorities }),
        ),
        timeRow("spawn to the first turn's end, POST", await spawned((url) => post(url, postBody(PLAY)))),
        timeRow(
          "spawn to the first turn's end, WebSocket",
          await interleave(["codexcomp"], repetitions, () =>
            fromSpawn("codexcomp", upstream.url, socketTurn),
          ),
        ),
        timeRow(
          "--version",
          await interleave(WAYS, repetitions, (way) =>
            way === "floor" ? toEnd("--eval", "0") : toEnd(fileURLToPath(CLI), "--version"),
          ),
          GOALS.version,
        ),
        memoryRow(
          "memory, fresh",
          await interleave(WAYS, quick ? 3 : 7, (way) => memoryOf(way, upstream.url)),
        ),
      ];
    } finally {
      rmSync(folder, { recursive: true });
      await upstream.stop();
    }
  },
};

async function healthy(url: string, way: Started): Promise<void> {
  // The pipe has no health of its own, and the benchmark's upstream knows turns only: it is there when it can be reached.
  if (way === "floor") {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await once(socket, "connect");
    return void socket.destroy();
  }
  const { status } = await fetch(`${url}/healthz`, { headers: { connection: "close" } });
  if (status !== 200) throw new Error(`codexcomp is not healthy: ${status}`);
}

async function socketTurn(url: string): Promise<void> {
  const session = await openSession(url);
  await session.turn(createFrame(PLAY, 1000, undefined));
  session.close();
}

/** Resident bytes of a process that nobody has asked anything, with everything loaded that it loads by itself. */
async function memoryOf(way: Started, upstream: string): Promise<number> {
  const process = await (way === "floor" ? startOwn("pipe", upstream) : startCodexcomp(upstream));
  await sleep(1000);
  const bytes = await process.memory();
  await process.stop();
  return bytes;
}

function timeRow(
  what: string,
  { floor = [], codexcomp }: { readonly floor?: number[]; readonly codexcomp: number[] },
  goal?: number,
): Row {
  const [base, ours] = [median(floor), median(codexcomp)];
  return {
    what,
    codexcomp: milliseconds(ours),
    ...(floor.length > 0 && { floor: milliseconds(base), compared: times(ours / base) }),
    ...(goal !== undefined && { goal: `${goal} ms`, met: ours <= goal }),
  };
}

function memoryRow(what: string, measured: Record<Started, number[]>): Row {
  const [base, ours] = [median(measured.floor), median(measured.codexcomp)];
  return {
    what,
    ...{ floor: megabytes(base), codexcomp: megabytes(ours), compared: times(ours / base) },
    ...{ goal: megabytes(GOALS.memory), met: ours <= GOALS.memory },
  };
}
