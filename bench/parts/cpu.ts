import { createFrame, postBody } from "../load/requests.js";
import { post } from "../load/post.js";
import { postJson } from "../load/postJson.js";
import { openSession } from "../load/session.js";
import { interleave } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { milliseconds, times, type Row } from "../measure/table.js";
import { withLab } from "../processes/lab.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

/** Open at a time. */
const STREAMS = 16;

interface Load {
  readonly what: string;
  readonly play: Play;
  readonly compress?: boolean;
}

/** A live stream's events come one by one; a round that waited somewhere comes in one go. */
const ONE_BY_ONE = 500;
const HELD_LIVE: Load = {
  what: "answer held, events one by one",
  play: { round: "recorded", pace: ONE_BY_ONE },
};
const LIVE: Load = { what: "answer live, events one by one", play: { round: "brief", pace: ONE_BY_ONE } };
const HELD_BURST: Load = { what: "answer held, all in one burst", play: { round: "recorded", pace: 0 } };
const BURST: Load = { what: "answer live, all in one burst", play: { round: "brief", pace: 0 } };

/** CPU time of a proxy for one round that is not continued. */
export const postCpu: Part = cpu({
  name: "post-cpu",
  title: "POST: CPU per clean round of 538 events and 217 KB (floor: req.pipe)",
  floor: "pipe",
  goal: 2,
  loads: [HELD_LIVE, LIVE, HELD_BURST, BURST],
  client: async (base, { play }) => {
    const body = postBody(play);
    return { round: () => post(base, body), close: () => {} };
  },
});

export const jsonCpu: Part = cpu({
  name: "json-cpu",
  title: "POST without a stream: CPU per clean turn of 32 KB up and 29 KB down (floor: req.pipe)",
  floor: "pipe",
  goal: 2,
  loads: [{ what: "one JSON text", play: { round: "recorded", pace: 0 } }],
  client: async (base, { play }) => {
    const body = postBody(play, { stream: false });
    return { round: () => postJson(base, body), close: () => {} };
  },
});

export const socketCpu: Part = cpu({
  name: "ws-cpu",
  title: "WebSocket: CPU per turn of 538 events and 200 KB (floor: TCP splice)",
  floor: "splice",
  goal: 5,
  loads: [
    HELD_LIVE,
    LIVE,
    { ...LIVE, what: "answer live, one by one, permessage-deflate", compress: true },
    HELD_BURST,
    BURST,
  ],
  client: async (base, { play, compress = false }) => {
    const session = await openSession(base, { compress });
    let previous: string | undefined;
    return {
      round: async () => (previous = await session.turn(createFrame(play, 16 * 1024, previous))),
      close: session.close,
    };
  },
});

interface Cpu {
  readonly name: string;
  readonly title: string;
  readonly floor: "pipe" | "splice";
  /** Times the floor. */
  readonly goal: number;
  readonly loads: readonly Load[];
  readonly client: (base: string, load: Load) => Promise<{ round(): Promise<unknown>; close(): void }>;
}

function cpu({ name, title, floor, goal, loads, client }: Cpu): Part {
  return {
    name,
    title,
    run: ({ quick }) =>
      withLab(floor, async (lab) => {
        const perRound = async (way: "floor" | "codexcomp", load: Load): Promise<number> => {
          const { url, cpu } = lab[way];
          const clients = await Promise.all(Array.from({ length: STREAMS }, () => client(url, load)));
          const batches = load.play.pace === 0 ? 6 : 1;
          const before = await cpu();
          for (let batch = 0; batch < batches; batch++)
            await Promise.all(clients.map(({ round }) => round()));
          const spent = (await cpu()) - before;
          clients.forEach(({ close }) => close());
          return spent / STREAMS / batches;
        };
        const rows: Row[] = [];
        for (const load of loads) {
          // not counted: a process pays for warming up
          for (const way of ["floor", "codexcomp"] as const) await perRound(way, load);
          const measured = await interleave(["floor", "codexcomp"], quick ? 1 : 5, (way) =>
            perRound(way, load),
          );
          const [bare, ours] = [median(measured.floor), median(measured.codexcomp)];
          rows.push({
            what: load.what,
            floor: milliseconds(bare),
            codexcomp: milliseconds(ours),
            compared: times(ours / bare),
            goal: `${goal}x`,
            met: ours / bare <= goal,
          });
        }
        return rows;
      }),
  };
}
