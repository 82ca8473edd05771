import { createFrame, postBody } from "../load/requests.js";
import { post } from "../load/post.js";
import { postJson } from "../load/postJson.js";
import { openSession } from "../load/session.js";
import { interleave, type Way } from "../measure/interleave.js";
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
  /** Times the floor. */
  readonly goal: number;
}

/** A live stream's events come one by one; a round that waited somewhere comes in one go. */
const ONE_BY_ONE = 500;
const HELD_LIVE = {
  what: "answer held, events one by one",
  play: { round: "recorded", pace: ONE_BY_ONE },
} as const;
const LIVE = { what: "answer live, events one by one", play: { round: "brief", pace: ONE_BY_ONE } } as const;
const HELD_BURST = { what: "answer held, all in one burst", play: { round: "recorded", pace: 0 } } as const;
const BURST = { what: "answer live, all in one burst", play: { round: "brief", pace: 0 } } as const;
const FOLD = { what: "a fold: a cut round and a clean one", play: { round: "cut", pace: 0 } } as const;

/** What a client asks for that gets both rounds of a fold by itself: no floor folds. */
function roundsOf(play: Play, way: Way): readonly Play[] {
  return play.round === "cut" && way === "floor" ? [play, { ...play, round: "recorded" }] : [play];
}

/** CPU time of a proxy for one turn of one round, or two. */
export const postCpu: Part = cpu({
  name: "post-cpu",
  title: "POST: CPU per turn; a round has 538 events and 217 KB (floor: req.pipe)",
  floor: "pipe",
  loads: [
    { ...HELD_LIVE, goal: 2 },
    { ...LIVE, goal: 2 },
    { ...HELD_BURST, goal: 4 },
    { ...BURST, goal: 4 },
    { ...FOLD, goal: 6 },
  ],
  client: async (base, { play }, way) => {
    const bodies = roundsOf(play, way).map((round) => postBody(round));
    return {
      turn: async () => {
        for (const body of bodies) await post(base, body);
      },
      close: () => {},
    };
  },
});

export const jsonCpu: Part = cpu({
  name: "json-cpu",
  title: "POST without a stream: CPU per clean turn of 32 KB up and 29 KB down (floor: req.pipe)",
  floor: "pipe",
  loads: [{ what: "one JSON text", play: { round: "recorded", pace: 0 }, goal: 2 }],
  client: async (base, { play }) => {
    const body = postBody(play, { stream: false });
    return { turn: () => postJson(base, body), close: () => {} };
  },
});

export const socketCpu: Part = cpu({
  name: "ws-cpu",
  title: "WebSocket: CPU per turn; a round has 538 events and 200 KB (floor: TCP splice)",
  floor: "splice",
  loads: [
    { ...HELD_LIVE, goal: 5 },
    { ...LIVE, goal: 5 },
    { ...LIVE, what: "answer live, one by one, permessage-deflate", compress: true, goal: 5 },
    { ...HELD_BURST, goal: 10 },
    { ...BURST, goal: 10 },
    { ...FOLD, goal: 14 },
  ],
  client: async (base, { play, compress = false }, way) => {
    const session = await openSession(base, { compress });
    let previous: string | undefined;
    return {
      turn: async () => {
        for (const round of roundsOf(play, way))
          previous = await session.turn(createFrame(round, 16 * 1024, previous));
      },
      close: session.close,
    };
  },
});

interface Cpu {
  readonly name: string;
  readonly title: string;
  readonly floor: "pipe" | "splice";
  readonly loads: readonly Load[];
  readonly client: (
    base: string,
    load: Load,
    way: Way,
  ) => Promise<{ turn(): Promise<unknown>; close(): void }>;
}

function cpu({ name, title, floor, loads, client }: Cpu): Part {
  return {
    name,
    title,
    run: ({ quick }) =>
      withLab(floor, async (lab) => {
        const perTurn = async (way: "floor" | "codexcomp", load: Load): Promise<number> => {
          const { url, cpu } = lab[way];
          const clients = await Promise.all(Array.from({ length: STREAMS }, () => client(url, load, way)));
          const batches = load.play.pace === 0 ? 6 : 1;
          const before = await cpu();
          for (let batch = 0; batch < batches; batch++) await Promise.all(clients.map(({ turn }) => turn()));
          const spent = (await cpu()) - before;
          clients.forEach(({ close }) => close());
          return spent / STREAMS / batches;
        };
        const rows: Row[] = [];
        for (const load of loads) {
          // not counted: a process pays for warming up
          for (const way of ["floor", "codexcomp"] as const) await perTurn(way, load);
          const measured = await interleave(["floor", "codexcomp"], quick ? 1 : 5, (way) =>
            perTurn(way, load),
          );
          const { goal } = load;
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
