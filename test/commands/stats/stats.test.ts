import { final } from "../../../src/protocol/signals.js";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../../src/journal/writer.js";
import type { TurnReport } from "../../../src/reports/turnReport.js";
import { runLine } from "../capture.js";
import { expectToStandAlone } from "../standsAlone.js";
import { turnReport } from "../../journal/reports.js";

let state = "";
beforeEach(async () => void (state = await mkdtemp(join(tmpdir(), "codexcomp-stats-"))));
afterEach(() => rm(state, { recursive: true, force: true }));

const day = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * day).toISOString();

async function journal(...turns: TurnReport[]): Promise<void> {
  const folder = join(state, "codexcomp");
  const open = openJournal({ folder, onError: (reason) => expect.unreachable(reason) });
  turns.forEach((turn) => open.write(turn));
  await open.close();
}

const stats = (...flags: string[]) => runLine(["stats", ...flags], { env: { XDG_STATE_HOME: state } });
const json = async (...flags: string[]) =>
  JSON.parse((await stats("--json", ...flags)).stdout) as Record<string, unknown>;

describe("codexcomp stats", () => {
  it("sums up turns, folds, tokens and time", async () => {
    await journal(
      turnReport([100], { time: daysAgo(1) }),
      turnReport([516, 516, 200], { time: daysAgo(1) }),
      turnReport([516, 516], { time: daysAgo(1), stop: "max_continue" }),
      turnReport([516, 7], { time: daysAgo(2), outcome: "aborted", stop: "aborted" }),
      turnReport([516], { time: daysAgo(2), model: "gpt-5.6-luna", effort: undefined, stop: "observe" }),
    );
    expect(await json()).toMatchObject({
      turns: 5,
      truncated: 4,
      folds: 3,
      foldsByOutcome: { natural: 1, max_continue: 1, aborted: 1 },
      continuations: 4,
      // Rounds beyond the first: 516 and 200, 516, 7.
      extraTokens: { input: 4000, cached: 1600, reasoning: 1239, output: 1439, total: 5439 },
      turnTokens: { input: 5000, reasoning: 2164, total: 7414 },
      seconds: 18,
      addedSeconds: 8,
      models: [
        { model: "gpt-5.5", effort: "high", turns: 4, truncated: 3, folds: 3 },
        { model: "gpt-5.6-luna", effort: "default", turns: 1, truncated: 1, folds: 0 },
      ],
      days: [{ turns: 2 }, { turns: 3 }],
    });
  });

  it("says how many lines of the journal it could not read", async () => {
    await journal(turnReport([1], { time: daysAgo(1) }));
    expect((await stats()).stderr).toBe("");
    await appendFile(join(state, "codexcomp", "journal.jsonl"), '{"time":"2026-');
    await journal(turnReport([1], { time: daysAgo(1) }));
    expect(await json()).toMatchObject({ turns: 2, unreadableLines: 1 });
    expect((await stats()).stderr).toBe(
      "codexcomp: one line of the journal cannot be read; it is left out\n",
    );
  });

  it("looks back 7 days unless told otherwise", async () => {
    await journal(turnReport([1], { time: daysAgo(8) }), turnReport([1], { time: daysAgo(6) }));
    expect([(await json())["turns"], (await json("--since", "2w"))["turns"]]).toEqual([1, 2]);
  });

  it("shows people the same", async () => {
    await journal(turnReport([516, 291], { time: daysAgo(1) }), turnReport([5], { time: daysAgo(0) }));
    const { stdout } = await stats();
    expect(stdout).toMatch(/turns +2\n/);
    expect(stdout).toMatch(/cut +1 \(50\.0%\)/);
    expect(stdout).toMatch(/continued +1: 1 thought to the end/);
    expect(stdout).toMatch(/extra tokens +1,341 on 2,621 of the turns \(51\.2% more\)/);
    expect(stdout).toMatch(/gpt-5\.5 +high +2 +1 +0 +1 +1 +1,341/);
    expect(stdout).toMatch(/Continued turns by day\n +\d{4}-\d\d-\d\d █+ 1 of 1\n +\d{4}-\d\d-\d\d 0 of 1/);
  });

  it("tells cut turns that were only observed", async () => {
    const cut = turnReport([516], { time: daysAgo(1), model: "gpt-6-astra" });
    const ended = (reason: "model_not_selected" | "max_continue") => ({
      ...cut,
      rounds: cut.rounds.map((round) => ({ ...round, verdict: final(reason) })),
    });
    await journal(ended("model_not_selected"), ended("max_continue"));
    expect((await stats()).stdout).toMatch(/cut +2 \(100\.0%\), of them 1 only observed/);
    expect(await json()).toMatchObject({ truncated: 2, observed: 1, folds: 0 });
  });

  it("draws weeks where days would be too many", async () => {
    await journal(
      ...Array.from({ length: 20 }, (_, days) => turnReport([516, 3], { time: daysAgo(20 - days) })),
    );
    expect((await stats("--since", "4w")).stdout).toContain("Continued turns by week");
  });

  it("draws charts into a file that needs nothing else and tells nothing personal", async () => {
    await journal(
      turnReport([516, 200], { time: daysAgo(1), id: "9f3c" }),
      turnReport([3], { time: daysAgo(1), model: "<b>&gpt" }),
    );
    const file = join(state, "stats.html");
    const { code, stdout, stderr } = await stats("--html", file);
    expect([code, stdout, stderr]).toEqual([0, `charts: ${file}\n`, ""]);
    const html = await readFile(file, "utf8");
    expectToStandAlone(html);
    for (const word of ["Turns by day", "How continued turns ended", "gpt-5.5", "&lt;b&gt;&amp;gpt"])
      expect(html).toContain(word);
    for (const word of [state, "9f3c", "<b>", "journal.jsonl"]) expect(html).not.toContain(word);
    expect(await stats("--html", join(state, "no", "such.html"))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--html .*such\.html cannot be written: ENOENT/),
    });
    expect((await stats("--html", file, "--json")).code).toBe(2);
  });

  it("says how to fill an empty journal", async () => {
    const { code, stdout } = await stats();
    expect([code, stdout]).toEqual([0, expect.stringContaining("No turns in the journal since")]);
    expect(await json()).toMatchObject({ turns: 0, models: [] });
  });
});
