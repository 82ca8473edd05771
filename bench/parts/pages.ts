import { setTimeout as sleep } from "node:timers/promises";
import { openPages, type Pages } from "../load/pages.js";
import { post } from "../load/post.js";
import { postBody } from "../load/requests.js";
import { interleave } from "../measure/interleave.js";
import { median } from "../measure/statistics.js";
import { milliseconds, percent, type Row } from "../measure/table.js";
import { withLab } from "../processes/lab.js";
import type { Play } from "../processes/play.js";
import type { Part } from "./part.js";

/** Some of the open pages do not read. */
const [READING, STALLED] = [40, 10];
const PLAY: Play = { round: "brief", pace: 500 };
const GOAL = 0.05;

/** What people who look on cost those who work. */
export const pageCpu: Part = {
  name: "page-cpu",
  title: `CPU per POST turn with ${READING + STALLED} live pages open (beside: none)`,
  run: ({ quick }) =>
    withLab("pipe", async ({ codexcomp }) => {
      const { url, cpu } = codexcomp;
      const body = postBody(PLAY);
      const perTurn = async (pages: Pages | undefined, atOnce: number): Promise<number> => {
        const batches = Math.max(1, 4 / atOnce);
        const before = await cpu();
        for (let batch = 0; batch < batches; batch++)
          await Promise.all(Array.from({ length: atOnce }, () => post(url, body)));
        // What the pages are told of the last turns is theirs, too.
        await sleep(300);
        const spent = (await cpu()) - before;
        pages?.close();
        return spent / atOnce / batches;
      };
      const rows: Row[] = [];
      for (const atOnce of [16, 1]) {
        const measure = async (way: "none" | "fifty"): Promise<number> => {
          const pages = way === "fifty" ? await openPages(url, READING, STALLED) : undefined;
          await sleep(300);
          return perTurn(pages, atOnce);
        };
        // not counted: a process pays for warming up
        for (const way of ["none", "fifty", "none", "fifty"] as const) await measure(way);
        const measured = await interleave(["none", "fifty"], quick ? 6 : 16, measure);
        const [none, fifty] = [median(measured.none), median(measured.fifty)];
        const more = fifty / none - 1;
        rows.push({
          what: atOnce === 1 ? "one turn at a time" : `${atOnce} turns at a time`,
          floor: milliseconds(none),
          codexcomp: milliseconds(fifty),
          compared: percent(more),
          goal: percent(GOAL).slice(1),
          met: more < GOAL,
        });
      }
      return rows;
    }),
};
