import { setTimeout as sleep } from "node:timers/promises";
import { createFrame, postBody } from "../load/requests.js";
import { open, post } from "../load/post.js";
import { openSession } from "../load/session.js";
import { openStreams, type Stream } from "../load/streams.js";
import { interleave, type Way } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { kilobytes, megabytes, times, type Row } from "../measure/table.js";
import { withLab } from "../processes/lab.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

const PROXIES = ["floor", "codexcomp"] as const;

/** Slow enough that hundreds of streams are no load. */
const TRICKLE: Play = { round: "brief", pace: 2 };

/** Resident memory of a proxy for each stream that is open in it. */
export const postMemory: Part = {
  name: "post-memory",
  title: "POST: many streams at once (floor: req.pipe)",
  run: async ({ quick }) => {
    const streams = quick ? 200 : 400;
    const body = postBody(TRICKLE);
    const sizes = await memoryOf("pipe", streams, quick ? 1 : 3, (base, leave, onText) =>
      post(base, body, { leave, onText }),
    );
    return [
      memoryRow(`memory per open stream, ${streams} streams`, sizes, 80),
      await completeRow("responses complete", "pipe", quick ? 400 : 1000, (base) =>
        post(base, postBody({ round: "short", pace: 20 })),
      ),
    ];
  },
};

/** The same for WebSocket connections, each with a response running on it. */
export const socketConnections: Part = {
  name: "ws-connections",
  title: "WebSocket: 200 connections at once (floor: TCP splice)",
  run: async ({ quick }) => {
    const stream = (compress: boolean) => async (base: string, leave: AbortSignal, onText: () => void) => {
      const session = await openSession(base, { compress, leave });
      await session.turn(createFrame(TRICKLE, 16 * 1024, undefined), { onText });
    };
    const repetitions = quick ? 1 : 3;
    const plain = await memoryOf("splice", 200, repetitions, stream(false));
    const compressed = await memoryOf("splice", 200, repetitions, stream(true));
    return [
      memoryRow("memory per connection", plain, 110),
      memoryRow("memory per connection, permessage-deflate", compressed, 250),
      await completeRow("turns complete, 3 on each connection", "splice", 200, async (base) => {
        const session = await openSession(base, { compress: true });
        let previous: string | undefined;
        for (let turn = 0; turn < 3; turn++) {
          previous = await session.turn(createFrame({ round: "short", pace: 50 }, 16 * 1024, previous));
        }
        session.close();
      }),
    ];
  },
};

/** Memory for a client that asks and does not read, while the upstream has more and more to say. */
export const stalledClient: Part = {
  name: "post-stalled",
  title: "POST: a client that stops reading an endless answer (floor: req.pipe)",
  run: async ({ quick }) => {
    const body = postBody({ round: "endless", pace: 0 });
    const sizes = await memoryOf("pipe", 16, quick ? 1 : 3, async (base, leave, opened) => {
      const response = await open(base, body, leave);
      response.on("error", () => {});
      opened();
      await new Promise((resolve) => leave.addEventListener("abort", resolve));
    });
    return [
      {
        what: "memory per client",
        floor: megabytes(sizes.floor),
        codexcomp: megabytes(sizes.codexcomp),
        goal: "2 MB",
        met: sizes.codexcomp <= 2 * 1024 * 1024,
      },
    ];
  },
};

type Sizes = Record<(typeof PROXIES)[number], number>;

/** Weighs the proxies with and without open streams. @returns bytes per stream */
async function memoryOf(
  floor: "pipe" | "splice",
  streams: number,
  repetitions: number,
  stream: (base: string, leave: AbortSignal, opened: () => void) => Promise<unknown>,
): Promise<Sizes> {
  const measured = await interleave(PROXIES, repetitions, (way) =>
    // new processes each time: what one has grown by, it keeps
    withLab(floor, async (lab) => {
      const { url, memory } = lab[way];
      const reading: Stream = (leave, opened) => stream(url, leave, opened);
      await (await openStreams(reading, 20, 200)).end();
      await sleep(200);
      const before = await memory();
      const opened = await openStreams(reading, streams, 1000);
      await sleep(2000);
      const after = await memory();
      await opened.end();
      return (after - before) / streams;
    }),
  );
  return { floor: median(measured.floor), codexcomp: median(measured.codexcomp) };
}

/** @param goal kilobytes */
function memoryRow(what: string, { floor, codexcomp }: Sizes, goal: number): Row {
  return {
    what,
    floor: kilobytes(floor),
    codexcomp: kilobytes(codexcomp),
    compared: times(codexcomp / floor),
    goal: `${goal} KB`,
    met: codexcomp <= goal * 1024,
  };
}

async function completeRow(
  what: string,
  floor: "pipe" | "splice",
  streams: number,
  stream: (base: string) => Promise<unknown>,
): Promise<Row> {
  const complete = await withLab(floor, async (lab) => {
    const count = async (way: Way): Promise<number> => {
      const all = Array.from({ length: streams }, () => stream(lab[way].url));
      return (await Promise.allSettled(all)).filter(({ status }) => status === "fulfilled").length;
    };
    return {
      direct: await count("direct"),
      floor: await count("floor"),
      codexcomp: await count("codexcomp"),
    };
  });
  return {
    what: `${what}, of ${streams} streams`,
    direct: String(complete.direct),
    floor: String(complete.floor),
    codexcomp: String(complete.codexcomp),
    goal: "all",
    met: complete.codexcomp === streams,
  };
}
