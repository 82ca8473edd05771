import { setTimeout as sleep } from "node:timers/promises";
import { createFrame, postBody } from "../load/requests.js";
import { post } from "../load/post.js";
import { openSession } from "../load/session.js";
import { openStreams } from "../load/streams.js";
import { interleave, type Way } from "../measure/interleave.js";
import { median, percentile } from "../measure/statistics.js";
import { difference, milliseconds, times, type Row } from "../measure/table.js";
import { withLab } from "../processes/lab.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

const STREAMS = 64;
const EVENTS_A_SECOND = 50;
const PLAY: Play = { round: "brief", pace: EVENTS_A_SECOND, stamped: true };

/** From the upstream's write of an event to the client's reading it, with many live streams. */
export const postLatency: Part = latency({
  name: "post-latency",
  title: `POST: event latency, ${STREAMS} streams of ${EVENTS_A_SECOND} events/s (floor: req.pipe)`,
  floor: "pipe",
  goals: { p50: 1, p99: 2 },
  stream: (base, onAge, leave, onText) => post(base, postBody(PLAY), { onAge, leave, onText }),
});

export const socketLatency: Part = latency({
  name: "ws-latency",
  title: `WebSocket: event latency, ${STREAMS} streams of ${EVENTS_A_SECOND} events/s (floor: TCP splice)`,
  floor: "splice",
  goals: { p50: 1, p99: 2 },
  stream: async (base, onAge, leave, onText) => {
    const session = await openSession(base, { leave });
    await session.turn(createFrame(PLAY, 1000, undefined), { onAge, onText });
  },
});

interface Latency {
  readonly name: string;
  readonly title: string;
  readonly floor: "pipe" | "splice";
  /** p50: milliseconds more than the floor; p99: times the floor. */
  readonly goals: { readonly p50: number; readonly p99: number };
  readonly stream: (
    base: string,
    onAge: (milliseconds: number) => void,
    leave: AbortSignal,
    onText: () => void,
  ) => Promise<unknown>;
}

function latency({ name, title, floor, goals, stream }: Latency): Part {
  const ways: readonly Way[] = ["direct", "floor", "codexcomp"];

  const agesOf = async (base: string, seconds: number): Promise<number[]> => {
    const ages: number[] = [];
    let measuring = false;
    const streams = await openStreams(
      (leave, opened) => stream(base, (age) => measuring && ages.push(age), leave, opened),
      STREAMS,
      1000,
    );
    await sleep(500);
    measuring = true;
    await sleep(seconds * 1000);
    measuring = false;
    await streams.end();
    return ages;
  };

  return {
    name,
    title,
    run: ({ quick }) =>
      withLab(floor, async (lab) => {
        // the first streams of a process pay for its warming up
        for (const way of ways) await agesOf(lab[way].url, quick ? 0 : 1);
        const measured = await interleave(ways, quick ? 1 : 3, async (way) => {
          const ages = await agesOf(lab[way].url, quick ? 1 : 3);
          return { p50: percentile(ages, 50), p99: percentile(ages, 99) };
        });
        const of = (key: "p50" | "p99"): Record<Way, number> => {
          const middle = (way: Way): number => median(measured[way].map((ages) => ages[key]));
          return { direct: middle("direct"), floor: middle("floor"), codexcomp: middle("codexcomp") };
        };
        return [p50Row(of("p50"), goals.p50), p99Row(of("p99"), goals.p99)];
      }),
  };
}

function p50Row(ages: Record<Way, number>, goal: number): Row {
  const more = ages.codexcomp - ages.floor;
  return { ...cells("p50", ages), compared: difference(more), goal: `${goal} ms`, met: more <= goal };
}

function p99Row(ages: Record<Way, number>, goal: number): Row {
  const ratio = ages.codexcomp / ages.floor;
  return { ...cells("p99", ages), compared: times(ratio), goal: `${goal}x`, met: ratio <= goal };
}

function cells(what: string, ages: Record<Way, number>): Row {
  return {
    what,
    direct: milliseconds(ages.direct),
    floor: milliseconds(ages.floor),
    codexcomp: milliseconds(ages.codexcomp),
  };
}
