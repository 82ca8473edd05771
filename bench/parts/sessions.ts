import { createFrame } from "../load/requests.js";
import { openSession, type Session } from "../load/session.js";
import { interleave, type Way } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { megabytes, milliseconds, percent, times, type Row } from "../measure/table.js";
import { withLab, type Lab } from "../processes/lab.js";
import { startCodexcomp, startOwn, type Running } from "../processes/start.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

/** What each turn adds to the conversation, in bytes: a tool's output. */
const DELTA = 16 * 1024;
const WAYS: readonly Way[] = ["direct", "floor", "codexcomp"];

/** Long sessions: the conversation grows, what travels must not. */
export const longSession: Part = {
  name: "ws-session",
  title: "WebSocket: a session of many turns with 16 KB each (floor: TCP splice)",
  run: ({ quick }) =>
    withLab("splice", async (lab) => {
      const turns = quick ? 40 : 120;
      return [
        await bytesRow(lab, `bytes upstream, ${turns} turns`, turns, false),
        await bytesRow(lab, `bytes upstream, ${turns} turns, permessage-deflate`, turns, true),
        await growthRow(lab, turns, quick ? 1 : 2),
      ];
    }),
};

/** The same where bytes take time. */
export const slowUplink: Part = {
  name: "ws-uplink",
  title: "WebSocket: the same session on a line of 20 Mbit/s and 40 ms (floor: TCP splice)",
  run: async ({ quick }) => {
    const turns = quick ? 30 : 120;
    const upstream = await startOwn("upstream");
    const line = await startOwn("uplink", upstream.url, "20", "40");
    const proxies = {
      direct: line,
      floor: await startOwn("splice", line.url),
      codexcomp: await startCodexcomp(line.url),
    };
    const seconds = async (way: Way): Promise<number> => {
      const session = await openSession(proxies[way].url);
      const begun = performance.now();
      await converse(session, turns, { round: "short", pace: 0 });
      session.close();
      return (performance.now() - begun) / 1000;
    };
    // not counted: a process pays for warming up
    for (const way of WAYS) await seconds(way);
    // one after the other: side by side they would wait for each other at the upstream, the last to arrive the longest
    const measured = await interleave(WAYS, quick ? 2 : 5, seconds);
    await stopAll([proxies.codexcomp, proxies.floor, line, upstream]);
    const middle = (way: Way): number => median(measured[way]);
    const more = middle("codexcomp") / middle("direct") - 1;
    return [
      {
        what: `time of ${turns} turns`,
        direct: `${middle("direct").toFixed(2)} s`,
        floor: `${middle("floor").toFixed(2)} s`,
        codexcomp: `${middle("codexcomp").toFixed(2)} s`,
        compared: percent(more),
        goal: "3%",
        met: more <= 0.03,
      },
    ];
  },
};

async function bytesRow(lab: Lab, what: string, turns: number, compress: boolean): Promise<Row> {
  const bytes = await interleave(WAYS, 1, async (way) => {
    const before = await lab.direct.ask("received");
    const session = await openSession(lab[way].url, { compress });
    await converse(session, turns, { round: "short", pace: 0 });
    session.close();
    return (await lab.direct.ask("received")) - before;
  });
  const [direct = NaN, floor = NaN, codexcomp = NaN] = WAYS.map((way) => bytes[way][0]);
  const more = codexcomp / direct - 1;
  return {
    what,
    direct: megabytes(direct),
    floor: megabytes(floor),
    codexcomp: megabytes(codexcomp),
    compared: percent(more),
    goal: "2%",
    met: more <= 0.02,
  };
}

/** CPU of late turns beside early ones, over ten turns of ten sessions each. */
async function growthRow(lab: Lab, turns: number, repetitions: number): Promise<Row> {
  const { codexcomp } = lab;
  const run = async (): Promise<{ early: number; late: number }> => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => openSession(codexcomp.url)));
    const marks = new Map<number, number>();
    const previous = new Map<Session, string>();
    for (let turn = 1; turn <= turns; turn++) {
      await Promise.all(
        sessions.map(async (session) => {
          const frame = createFrame({ round: "brief", pace: 0 }, DELTA, previous.get(session));
          previous.set(session, await session.turn(frame));
        }),
      );
      marks.set(turn, await codexcomp.cpu());
    }
    sessions.forEach((session) => session.close());
    const perTurn = (from: number, to: number): number =>
      ((marks.get(to) ?? NaN) - (marks.get(from) ?? NaN)) / (to - from) / sessions.length;
    return { early: perTurn(5, 15), late: perTurn(turns - 10, turns) };
  };
  await run();
  const runs = [];
  for (let repetition = 0; repetition < repetitions; repetition++) runs.push(await run());
  const [early, late] = [median(runs.map((run) => run.early)), median(runs.map((run) => run.late))];
  return {
    what: `CPU per turn, at turn 10 and at turn ${turns}`,
    floor: milliseconds(early),
    codexcomp: milliseconds(late),
    compared: times(late / early),
    goal: "1.2x",
    met: late / early <= 1.2,
  };
}

/** A whole session: the same to the letter whichever way it goes, so that it compresses alike. */
async function converse(session: Session, turns: number, play: Play): Promise<void> {
  let previous: string | undefined;
  for (let turn = 0; turn < turns; turn++)
    previous = await session.turn(createFrame(play, DELTA, previous, turn));
}

async function stopAll(processes: readonly Running[]): Promise<void> {
  for (const process of processes) await process.stop();
}
