import { postBody } from "../load/requests.js";
import { post } from "../load/post.js";
import { interleave } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { milliseconds, times, type Row } from "../measure/table.js";
import { withLab, type Lab } from "../processes/lab.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

/** Events of a live stream come one by one; a round that waited somewhere comes in one go. */
const LOADS: readonly { what: string; play: Play; streams: number }[] = [
  { what: "answer held, events one by one", play: { round: "recorded", pace: 500 }, streams: 16 },
  { what: "answer live, events one by one", play: { round: "brief", pace: 500 }, streams: 16 },
  { what: "answer held, all in one burst", play: { round: "recorded", pace: 0 }, streams: 64 },
  { what: "answer live, all in one burst", play: { round: "brief", pace: 0 }, streams: 64 },
];

const GOAL = 2;

/** CPU time of a proxy for one round that is not continued. */
export const postCpu: Part = {
  name: "post-cpu",
  title: "POST: CPU per clean round of 538 events and 217 KB (floor: req.pipe)",
  run: ({ quick }) =>
    withLab("pipe", async (lab) => {
      const rows: Row[] = [];
      for (const load of LOADS) {
        await cpuPerRound(lab, "floor", load);
        await cpuPerRound(lab, "codexcomp", load);
        const measured = await interleave(["floor", "codexcomp"], quick ? 1 : 5, (way) =>
          cpuPerRound(lab, way, load),
        );
        const [floor, codexcomp] = [median(measured.floor), median(measured.codexcomp)];
        rows.push({
          what: load.what,
          floor: milliseconds(floor),
          codexcomp: milliseconds(codexcomp),
          compared: times(codexcomp / floor),
          goal: `${GOAL}x`,
          met: codexcomp / floor <= GOAL,
        });
      }
      return rows;
    }),
};

async function cpuPerRound(
  lab: Lab,
  way: "floor" | "codexcomp",
  { play, streams }: { play: Play; streams: number },
): Promise<number> {
  const body = postBody(play);
  const before = await lab[way].cpu();
  // in batches of 16, as many as are open at a time in either load
  for (let left = streams; left > 0; left -= 16) {
    await Promise.all(Array.from({ length: Math.min(left, 16) }, () => post(lab[way].url, body)));
  }
  return ((await lab[way].cpu()) - before) / streams;
}
