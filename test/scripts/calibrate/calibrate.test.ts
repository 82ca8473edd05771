import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sealThought } from "../../../src/testing/index.js";
import { calibrate } from "../../../scripts/calibrate/calibration.js";
import { readCsv } from "../../../scripts/calibrate/csv.js";
import { fitOf } from "../../../scripts/calibrate/fit.js";
import { run } from "../../../scripts/calibrate/run.js";
import { line, session, idAt, tokens, turn } from "../../commands/scan/logs.js";

const SHIPPED = "test/fixtures/reasoning-sizes/reasoning-sizes.csv";
const SESSIONS = "test/fixtures/sessions/codex-0.169-sizes";
const HEAD = "model,effort,items,bytes,tokens,hosted";

/** Runs it as `npm run calibrate -- ARGS` would. */
async function calibrated(args: string[], env: Record<string, string> = {}, terminal = false) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  if (terminal) Object.assign(stdout, { isTTY: true, columns: 72 });
  const code = await run(args, { stdout, stderr, env });
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

/** A response as a row: one item on the line that all models follow more or less. */
const row = (tokens: number, { model = "new", slope = 5, items = 1, hosted = 0 } = {}) => {
  const bytes = 57 * items + 16 * Math.ceil(((684 - 57) * items + slope * tokens) / 16);
  return `${model},high,${items},${bytes},${tokens},${hosted}`;
};
const csv = (...rows: string[]) => readCsv([HEAD, ...rows].join("\n"));

describe("a line through points", () => {
  test("of points on it is that line", () => {
    const fit = fitOf([0, 1, 2, 3, 4].map((x) => ({ x, y: 684 + 5 * x })));
    expect(fit?.base).toBeCloseTo(684);
    expect(fit?.slope).toBeCloseTo(5);
    expect([fit?.r2, fit?.residual]).toEqual([expect.closeTo(1), expect.closeTo(0)]);
  });

  test("needs some points, and not all above each other", () => {
    expect(fitOf([1, 2, 3, 4].map((x) => ({ x, y: x })))).toBeUndefined();
    expect(fitOf([1, 2, 3, 4, 5].map((y) => ({ x: 7, y })))).toBeUndefined();
  });
});

describe("a calibration", () => {
  test("counts by the rule itself what would go live, and what of that was cut", () => {
    // a model that puts 516 tokens into 684 + 516 * 2.5 bytes: 1984 and so under 2000
    const rows = [50, 100, 200, 516].map((tokens) => row(tokens, { slope: 2.5 }));
    const [found] = calibrate(csv(...rows, row(300, { items: 2 }), row(300, { slope: 2, hosted: 1 })));
    expect(found).toMatchObject({ model: "new", responses: 6, cut: 1, missed: 0, fit: undefined });
    expect(found?.missedAt).toEqual({ 1600: 0, 2000: 1, 2400: 1, 2800: 1 });
    // its own rounds have lowered its limit by then: 684 + 516 * 0.75 * the smallest seen
    expect(found?.limit).toBeGreaterThan(1600);
    expect(found?.limit).toBeLessThan(1800);
    expect(found?.live).toBe(3);
  });

  test("of a model with sizes of another shape holds everything", () => {
    const [found] = calibrate(csv("o3-mini,high,1,1000,40,0", "o3-mini,high,1,1000,516,0"));
    expect(found).toMatchObject({ limit: undefined, live: 0, missedAt: { 2800: 0 } });
  });

  test("fits the size of one item, without hosted tools and without counts of nothing", () => {
    const good = [10, 50, 100, 200, 400].map((tokens) => row(tokens));
    const [found] = calibrate(csv(...good, "new,,1,2089,0,0", row(400, { hosted: 1, slope: 2 })));
    expect(found?.fit?.slope).toBeCloseTo(5, 0);
    expect(found?.bytesAtFirstCut).toBeGreaterThan(3200);
    expect(found?.bytesAtFirstCut).toBeLessThan(3320);
  });

  test("puts the model with most responses first", () => {
    const rows = [row(5, { model: "a" }), row(5, { model: "b" }), row(9, { model: "b" })];
    expect(calibrate(csv(...rows)).map(({ model }) => model)).toEqual(["b", "a"]);
  });
});

describe("a table of sizes", () => {
  test.each([
    ["", /line 1: the columns/],
    ["model,bytes\nx,1", /line 1: the columns/],
    [HEAD, /no rows/],
    [`${HEAD}\n${row(5)}\ngpt,high,1,abc,3,0`, /line 3: bytes is no whole number: "abc"/],
    [`${HEAD}\ngpt,high,1,713,,0`, /line 2: tokens is no whole number: ""/],
    [`${HEAD}\ngpt,high,1`, /line 2: 3 fields where 6 are due/],
  ])("that is none: %j", (text, message) => {
    expect(() => readCsv(text)).toThrow(message);
  });

  test("may have been through another editor", () => {
    expect(readCsv(`\uFEFF${HEAD}\r\n${row(5)}\r\n\r\n`)).toHaveLength(1);
  });
});

describe("npm run calibrate", () => {
  let folder = "";
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "codexcomp-calibrate-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("shows the fit, the limit, what would be live and what would be missed, and a picture", async () => {
    const { code, stdout, stderr } = await calibrated([SHIPPED]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^gpt-5\.5 +65 +\d+ +4\.\d\d +0\.99\d +±\d+ +2\d{3}$/m);
    expect(stdout).toMatch(/^gpt-5\.5 +3 +2000 +80\.0% +0 +0 +0 +0 +0$/m);
    expect(stdout).toMatch(/^ 3000 \|.*x/m);
    expect(stdout).toMatch(/^ 2000 \|.*-{20}/m);
    expect(stdout).toContain("None that was cut would have gone live.");
    expect(stdout).not.toContain("\u001b");
  });

  test("colours its picture on a terminal, unless it is not to", async () => {
    expect((await calibrated([SHIPPED], {}, true)).stdout).toContain("\u001b[31mx");
    const plain = await calibrated([SHIPPED], { NO_COLOR: "1" }, true);
    expect(plain.stdout).not.toContain("\u001b");
    const picture = plain.stdout.split("\n").filter((each) => /^ *\d* +[|+]/.test(each));
    expect(Math.max(...picture.map((each) => each.length))).toBeLessThanOrEqual(72);
  });

  test("says the same as JSON", async () => {
    const { stdout } = await calibrated(["--json", SHIPPED]);
    const { responses, models } = JSON.parse(stdout) as { responses: number; models: object[] };
    expect(responses).toBe(305);
    expect(models).toContainEqual(
      expect.objectContaining({ model: "gpt-5.5", responses: 65, cut: 3, limit: 2000, missed: 0 }),
    );
  });

  test("counts every cut response that would go live, however the limit would have been learned", async () => {
    const path = join(folder, "sizes.csv");
    await writeFile(path, [HEAD, row(70, { slope: 2 }), row(516, { slope: 0.1 })].join("\n"));
    const { stdout } = await calibrated(["--json", path]);
    expect(JSON.parse(stdout)).toMatchObject({ models: [{ cut: 1, missedAt: { 1600: 1, 2800: 1 } }] });
  });

  test("reads what a real Codex logged: sizes and counts", async () => {
    const { code, stdout } = await calibrated(["--json", "--codex-home", SESSIONS]);
    expect(code).toBe(0);
    const { models } = JSON.parse(stdout) as { models: object[] };
    expect(models).toEqual([
      expect.objectContaining({ model: "gpt-5.5", responses: 6, cut: 1, limit: 2000, live: 5, missed: 0 }),
    ]);
  });

  test("takes a folder as CODEX_HOME, and a response with its own items only", async () => {
    const content = (bytes: number) =>
      sealThought({ tokens: 1 }, { account: "", seed: `${bytes}`, at: 0, bytes });
    const thought = (bytes: number) =>
      line("response_item", { type: "reasoning", summary: [], encrypted_content: content(bytes) });
    const log = [
      session(idAt(0)),
      line("event_msg", { type: "task_started", turn_id: idAt(1) }),
      turn(idAt(1)),
      thought(3129),
      tokens(516, 516),
      tokens(516, 516),
      // broken off: it has no count, and is not the next one's
      thought(1001),
      line("event_msg", { type: "task_started", turn_id: idAt(2) }),
      thought(873),
      line("response_item", { type: "web_search_call", action: {} }),
      tokens(100, 616),
    ];
    await mkdir(join(folder, "sessions"));
    await writeFile(join(folder, "sessions", "rollout.jsonl"), log.join("\n"));

    const { stdout } = await calibrated(["--json", folder]);
    expect(JSON.parse(stdout)).toMatchObject({
      responses: 2,
      models: [{ model: "gpt-5.5", cut: 1, live: 0, limit: 2000, missedAt: { 2800: 0 } }],
    });
  });

  test("tells how it is used", async () => {
    const { code, stdout } = await calibrated(["--help"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("npm run calibrate -- ")]);
  });

  test.each([
    [["nowhere.csv"], 1, /no such file: nowhere\.csv/],
    [["package.json"], 1, /package\.json: line 1: the columns are not model,effort/],
    [["--codex-home", "src"], 1, /no session logs: .*src has no folder "sessions"/],
    [["--sideways"], 2, /Unknown option '--sideways'/],
    [["a.csv", "b.csv"], 2, /one file at a time/],
    [["a.csv", "--codex-home", "b"], 2, /not both/],
  ])("%j fails clearly", async (args, code, message) => {
    expect(await calibrated(args)).toMatchObject({
      code,
      stdout: "",
      stderr: expect.stringMatching(message),
    });
  });

  test("says that session logs without encrypted reasoning tell nothing", async () => {
    await mkdir(join(folder, "sessions"));
    await writeFile(
      join(folder, "sessions", "a.jsonl"),
      [session(idAt(0)), turn(), tokens(516, 516)].join("\n"),
    );
    expect(await calibrated([folder])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no encrypted reasoning in 1 session logs"),
    });
  });
});
