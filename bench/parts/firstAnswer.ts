import { createFrame, postBody } from "../load/requests.js";
import { post } from "../load/post.js";
import { openSession } from "../load/session.js";
import { interleave, type Way } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { difference, milliseconds, times, type Row } from "../measure/table.js";
import { startCodexcomp, type Running } from "../processes/start.js";
import { withLab } from "../processes/lab.js";
import type { Play } from "../processes/play.js";
import { agesIn } from "../processes/stamp.js";
import type { Part } from "./part.js";

/** A short answer of half a second, at a pace at which nothing waits for anything. */
const PLAY: Play = { round: "short", pace: 100, stamped: true };
const GOAL = 2;

/** A recorded round in one burst, held whatever the mode: what is left between the modes is the decision. */
const HELD: Play = { round: "recorded", pace: 0 };
const ROUNDS_AT_A_TIME = 16;
const BATCHES = 20;
const NOT_MEASURABLE = 1.1;

/** Without these, a round cannot be continued. */
const NOT_CONTINUABLE = { reasoning: undefined, include: undefined };

/** How soon the client sees the answer's first words. */
export const firstAnswer: Part = {
  name: "first-answer",
  title: "First words of a short answer (floor: req.pipe, TCP splice)",
  run: async ({ quick }) => {
    const repetitions = quick ? 4 : 12;
    const overPost = await withModes("pipe", async (url, modes) => {
      const asked = (fields: object) => (way: keyof Urls) =>
        firstWords((onText) => post(url[way], postBody(PLAY, fields as never), { onText }));
      for (const way of ["direct", "floor", "codexcomp", "held"] as const) await asked({})(way);
      return [
        row(
          "POST, not continuable: request to first words",
          await interleave(["direct", "floor", "codexcomp"], repetitions, asked(NOT_CONTINUABLE)),
          "request",
        ),
        row(
          "POST, adaptive: upstream's words to client's",
          await interleave(["direct", "floor", "codexcomp"], repetitions, asked({})),
          "event",
        ),
        heldRow("POST, --hold always", await interleave(["held"], Math.min(repetitions, 4), asked({}))),
        await cpuRow("POST", modes, repetitions, (base) => {
          const body = postBody(HELD);
          return Promise.resolve({ round: () => post(base, body), close: () => {} });
        }),
      ];
    });
    const overSocket = await withModes("splice", async (url, modes) => {
      const asked = async (way: keyof Urls) => {
        const session = await openSession(url[way]);
        const words = await firstWords((onText) =>
          session.turn(createFrame(PLAY, 1000, undefined), { onText }),
        );
        session.close();
        return words;
      };
      for (const way of ["direct", "floor", "codexcomp", "held"] as const) await asked(way);
      return [
        row(
          "WebSocket, adaptive: upstream's words to client's",
          await interleave(["direct", "floor", "codexcomp"], repetitions, asked),
          "event",
        ),
        heldRow("WebSocket, --hold always", await interleave(["held"], Math.min(repetitions, 4), asked)),
        await cpuRow("WebSocket", modes, repetitions, async (base) => {
          const session = await openSession(base);
          let previous: string | undefined;
          return {
            round: async () => (previous = await session.turn(createFrame(HELD, 1000, previous))),
            close: session.close,
          };
        }),
      ];
    });
    return [...overPost, ...overSocket];
  },
};

type Urls = Readonly<Record<Way | "held", string>>;
type Modes = Readonly<Record<"adaptive" | "always", Running>>;

/** Measures with a second codexcomp beside the lab's: one that always holds. */
function withModes(
  floor: "pipe" | "splice",
  measure: (url: Urls, modes: Modes) => Promise<Row[]>,
): Promise<Row[]> {
  return withLab(floor, async ({ direct, floor, codexcomp }) => {
    const held = await startCodexcomp(direct.url, "--hold", "always");
    const url = { direct: direct.url, floor: floor.url, codexcomp: codexcomp.url, held: held.url };
    const rows = await measure(url, { adaptive: codexcomp, always: held });
    await held.stop();
    return rows;
  });
}

/** When the first delta of the answer came, in milliseconds: since the request, and since the upstream sent it. */
interface FirstWords {
  readonly request: number;
  readonly event: number;
}

async function firstWords(ask: (onText: (text: string) => void) => Promise<unknown>): Promise<FirstWords> {
  const begun = performance.now();
  let first: FirstWords | undefined;
  await ask((text) => {
    if (first) return;
    const at = text.indexOf('"type":"response.output_text.delta"');
    const [event] = at < 0 ? [] : agesIn(text.slice(at));
    if (event !== undefined) first = { request: performance.now() - begun, event };
  });
  if (!first) throw new Error("an answer without words");
  return first;
}

function row(what: string, measured: Record<Way, FirstWords[]>, since: keyof FirstWords): Row {
  const middle = (way: Way): number => median(measured[way].map((words) => words[since]));
  const more = middle("codexcomp") - middle("direct");
  return {
    what,
    direct: milliseconds(middle("direct")),
    floor: milliseconds(middle("floor")),
    codexcomp: milliseconds(middle("codexcomp")),
    compared: difference(more),
    goal: `${GOAL} ms`,
    met: more <= GOAL,
  };
}

function heldRow(what: string, { held }: { readonly held: readonly FirstWords[] }): Row {
  return { what, codexcomp: milliseconds(median(held.map(({ event }) => event))) };
}

/** What deciding costs: CPU of a held round with and without the decision. */
async function cpuRow(
  transport: string,
  modes: Modes,
  repetitions: number,
  open: (base: string) => Promise<{ round(): Promise<unknown>; close(): void }>,
): Promise<Row> {
  const perRound = async (mode: "adaptive" | "always"): Promise<number> => {
    const { url, cpu } = modes[mode];
    const clients = await Promise.all(Array.from({ length: ROUNDS_AT_A_TIME }, () => open(url)));
    const before = await cpu();
    for (let batch = 0; batch < BATCHES; batch++) await Promise.all(clients.map(({ round }) => round()));
    const spent = (await cpu()) - before;
    clients.forEach(({ close }) => close());
    return spent / ROUNDS_AT_A_TIME / BATCHES;
  };
  // not counted: a process pays for warming up
  for (const mode of ["adaptive", "always"] as const) await perRound(mode);
  const measured = await interleave(["adaptive", "always"], repetitions, perRound);
  const [adaptive, always] = [median(measured.adaptive), median(measured.always)];
  return {
    what: `${transport}: CPU per held round, adaptive to always`,
    floor: milliseconds(always),
    codexcomp: milliseconds(adaptive),
    compared: times(adaptive / always),
    goal: `${NOT_MEASURABLE}x`,
    met: adaptive / always <= NOT_MEASURABLE,
  };
}
