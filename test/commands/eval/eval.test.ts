import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { rehearsalUpstream } from "../../../src/evaluation/rehearsal/model.js";
import { planOf } from "../../../src/evaluation/plan.js";
import { TASKS } from "../../../src/evaluation/tasks/index.js";
import type { SimulatedUpstream } from "../../../src/testing/index.js";
import { runLine } from "../capture.js";

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codexcomp-options-eval-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A rehearsal without any Codex. */
const rehearse = (...args: string[]) =>
  runLine(["eval", "--rehearse", "--parallel", "6", ...args], {
    env: { HOME: folder, XDG_STATE_HOME: folder, PATH: "" },
  });

const resultsIn = async (out: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(out, "results.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Eight pairs of a rehearsal that helps, for those who look at what is made of them: nothing is asked again. */
let eight: string;
let toldFirst: string;
beforeAll(async () => {
  eight = await mkdtemp(join(tmpdir(), "codexcomp-eval-"));
  const line = ["eval", "--rehearse", "--parallel", "6", "--pairs", "8", "--out", eight];
  toldFirst = (await runLine(line, { env: { HOME: eight, PATH: "" } })).stderr;
});
afterAll(() => rm(eight, { recursive: true, force: true }));

describe("a rehearsal", () => {
  test.each([
    ["helps", "helps", /^folding helps \(\+\d+ points, p [=<] 0\.\d+\), at \d\.\d times the tokens$/],
    [
      "no-difference",
      "no_difference",
      /^no difference seen; with 8 pairs a gain under 75 points would not show$/,
    ],
    ["nothing-cut", "nothing_cut", /^nothing was cut: there is nothing to fold$/],
  ])("in the world %s ends with %s", async (world, verdict, sentence) => {
    const { code, stdout } = await rehearse("--pairs", "8", "--world", world, "--json", "--out", eight);
    expect(code).toBe(0);
    const { conditions } = JSON.parse(stdout) as { conditions: Record<string, unknown>[] };
    expect(conditions).toEqual([
      {
        model: "gpt-5.5",
        effort: "default",
        arms: {
          observe: expect.objectContaining({ runs: 8, continuations: 0 }),
          fold: expect.objectContaining({ runs: 8 }),
        },
        p: expect.any(Number),
        verdict,
        sentence: expect.stringMatching(sentence),
      },
    ]);
  });

  test("shows a table, bars and the sentence, in 80 columns, and says that it was one", async () => {
    const { stdout } = await rehearse("--pairs", "8", "--out", eight);
    expect(toldFirst).toMatch(/^A rehearsal \(helps\) with the built-in client/);
    expect(stdout).toMatch(/observe +8 +\d/);
    expect(stdout).toMatch(/fold █+ \d+% right/);
    expect(stdout).toContain("folding helps (+");
    expect(stdout).toContain("This was a rehearsal");
    expect(stdout).not.toContain("What to do");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("compares every model with every effort", async () => {
    const { stdout } = await rehearse("--pairs", "1", "--model", "gpt-5.5,gpt-6-astra", "--effort", "low,high", "--json"); // oxfmt-ignore
    const { conditions } = JSON.parse(stdout) as { conditions: { model: string; effort: string }[] };
    expect(conditions.map(({ model, effort }) => `${model} ${effort}`)).toEqual([
      "gpt-5.5 low",
      "gpt-5.5 high",
      "gpt-6-astra low",
      "gpt-6-astra high",
    ]);
  });

  test("repeats nothing, and takes more pairs to what there is", async () => {
    const out = join(folder, "out");
    await rehearse("--pairs", "2", "--out", out);
    const first = await resultsIn(out);
    const { stderr } = await rehearse("--pairs", "3", "--out", out);
    expect(stderr).toContain("3 pairs, 2 of them done before");
    const all = await resultsIn(out);
    expect(all.slice(0, 4)).toEqual(first);
    expect(all).toHaveLength(6);
    expect((await rehearse("--pairs", "3", "--out", out)).stderr).toContain("nothing is asked again");
  });

  test("goes on behind a torn line", async () => {
    const out = join(folder, "out");
    await rehearse("--pairs", "2", "--out", out);
    const text = await readFile(join(out, "results.jsonl"), "utf8");
    await writeFile(join(out, "results.jsonl"), text.slice(0, -20));
    const { stdout } = await rehearse("--pairs", "2", "--out", out, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ conditions: [{ arms: { fold: { runs: 2 } } }] });
    expect((await readFile(join(out, "results.jsonl"), "utf8")).trim().split("\n")).toHaveLength(5);
  });

  test("of another world, and real results, count for nothing", async () => {
    const out = join(folder, "out");
    await rehearse("--pairs", "2", "--out", out);
    const { stderr } = await rehearse("--pairs", "2", "--out", out, "--world", "nothing-cut");
    expect(stderr).not.toContain("done before");
  });

  test("keeps numbers and the answer line, and all the rest only where it is asked to", async () => {
    const out = join(folder, "out");
    await rehearse("--pairs", "1", "--out", out);
    const text = await readFile(join(out, "results.jsonl"), "utf8");
    const [line] = await resultsIn(out);
    expect(Object.keys(line ?? {}).sort()).toEqual(
      ["answer", "arm", "codex", "continuations", "difficulty", "effort", "model", "rehearsal", "rounds", "seconds", "seed", "task", "time", "tools", "usage", "verdict"], // oxfmt-ignore
    );
    expect(text).not.toMatch(/step by step|candies/);
    await rehearse("--pairs", "1", "--out", join(folder, "kept"), "--keep-transcripts");
    const [kept] = await resultsIn(join(folder, "kept"));
    const file = `gpt-5.5-default-drawing-${String(kept?.["seed"])}-3-fold.jsonl`;
    expect(await readFile(join(folder, "kept", "transcripts", file), "utf8")).toContain("step by step");
  });

  test("that is interrupted keeps what is done", async () => {
    const out = join(folder, "out");
    const stop = new AbortController();
    const line = ["eval", "--rehearse", "--parallel", "1", "--pairs", "6", "--out", out];
    const running = runLine(line, { env: { HOME: folder, PATH: "" }, signal: stop.signal });
    await vi.waitFor(async () => expect((await resultsIn(out)).length).toBeGreaterThan(1), 20_000);
    stop.abort();
    const { code, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain("the same command goes on there");
    const done = (await resultsIn(out)).length;
    expect(done).toBeLessThan(12);
    expect((await rehearse("--pairs", "6", "--out", out)).code).toBe(0);
    expect(await resultsIn(out)).toHaveLength(12);
  });

  test("makes a page that loads nothing and tells nothing that was said", async () => {
    const html = join(folder, "eval.html");
    await rehearse("--pairs", "8", "--html", html, "--out", eight);
    const page = await readFile(html, "utf8");
    expect(page).toContain("a rehearsal");
    expect(page).toContain("Folding helps (+");
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).not.toMatch(/src=|href=|<script|step by step|candies/);
  });

  test("stops at its budget, pair by pair", async () => {
    const out = join(folder, "out");
    const { code, stderr } = await rehearse("--budget-tokens", "40000", "--out", out);
    expect(code).toBe(0);
    expect(stderr).toContain("The budget is used up");
    const results = await resultsIn(out);
    expect(results.length % 2).toBe(0);
    expect(results.length).toBeGreaterThan(0);
    const spent = results.reduce((sum, { usage }) => sum + (usage as { total: number }).total, 0);
    expect(spent).toBeLessThanOrEqual(40000);
  });

  test("asks puzzles of the user's own", async () => {
    const path = join(folder, "sums.mjs");
    await writeFile(
      path,
      `export const generate = (seed) => ({ prompt: \`What is \${seed} + 1? End with ANSWER: ...\`, answer: String(seed + 1) });
       export const grade = (text, { answer }) => text.trim().endsWith(\`ANSWER: \${answer}\`);`,
    );
    const { stdout } = await rehearse("--pairs", "12", "--task", path, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      conditions: [{ verdict: "helps", arms: { fold: { runs: 12 } } }],
    });
  });
});

describe("wrong usage", () => {
  test.each([
    [["--world", "helps"], /--world .* needs --rehearse/],
    [["--model", "gpt-5.5"], /needs --yes/],
    [["--yes", "--model", "gpt-5.5"], /there is no codex on PATH/],
    [["--yes"], /say which model to evaluate/],
    [["--rehearse", "--tasks", "drawin"], /there is no "drawin".*did you mean drawing/],
    [["--rehearse", "--task", "missing.mjs"], /missing\.mjs: there is no such file/],
    [["--rehearse", "--effort", "hi gh"], /"hi gh" is no name/],
    [["--rehearse", "--pairs", "0"], /--pairs must be a whole number/],
  ])("%j", async (args, message) => {
    const { code, stderr } = await runLine(["eval", ...args], { env: { HOME: folder, PATH: "" } });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });

  test("of a task that is none", async () => {
    await writeFile(join(folder, "none.mjs"), "export const generate = () => ({ prompt: 'x' });");
    const { code, stderr } = await rehearse("--task", join(folder, "none.mjs"));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/needs the exports generate\(seed\) and grade/) }); // oxfmt-ignore
  });
});

describe.skipIf(process.platform === "win32")("with Codex", () => {
  let upstream: SimulatedUpstream;
  let bin: string;

  beforeEach(async () => {
    const plan = planOf({
      models: ["gpt-5.5"],
      efforts: ["high"],
      tasks: TASKS,
      pairs: 8,
      seed: 1,
      difficulty: 3,
    });
    const known = plan.map(({ task, seed, difficulty }) => {
      const { prompt, answer } = task.generate(seed, difficulty);
      return { task: task.name, seed, prompt, answer };
    });
    upstream = await rehearsalUpstream("helps", known);
    bin = join(folder, "bin");
    await mkdir(bin);
    await symlink(join(import.meta.dirname, "fakeCodex.sh"), join(bin, "codex"));
  });
  afterEach(() => upstream.close());

  const evaluate = (args: readonly string[], more: { fake?: string; answer?: string } = {}) => {
    const env = {
      HOME: folder,
      XDG_STATE_HOME: folder,
      PATH: [bin, dirname(process.execPath)].join(delimiter),
      FAKE_CODEX_PROGRAM: join(import.meta.dirname, "fakeCodex.mjs"),
      ...(more.fake !== undefined && { FAKE_CODEX: more.fake }),
    };
    const line = [
      "eval",
      "--model",
      "gpt-5.5",
      "--effort",
      "high",
      "--upstream",
      `${upstream.url}/v1`,
      ...args,
    ];
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    if (more.answer !== undefined) stdin.write(more.answer);
    return runLine(line, more.answer === undefined ? { env } : { env, stdin, columns: 80 });
  };
  const out = () => join(folder, "codexcomp", "eval");

  test("is asked with settings of the call alone, and says what to do", async () => {
    const { code, stdout, stderr } = await evaluate(["--yes", "--pairs", "8", "--parallel", "4"]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^Codex 0\.169\.0, with your login/),
    });
    expect(stdout).toContain("folding helps (+");
    expect(stdout).toMatch(/What to do\n +gpt-5\.5 is folded by default: there is nothing to do/);
    const models = new Set(upstream.requests.map(({ body }) => `${String(body["model"])} ${JSON.stringify(body["reasoning"])}`)); // oxfmt-ignore
    expect([...models]).toEqual(['gpt-5.5 {"effort":"high"}']);
    expect((await resultsIn(out()))[0]).toMatchObject({ codex: "0.169.0", effort: "high" });
  });

  test("asks before it spends, from a first pair", async () => {
    const declined = await evaluate(["--pairs", "3"], { answer: "n\n" });
    expect(declined.code).toBe(0);
    expect(declined.stderr).toMatch(
      /2 more pairs should take about [\d,]+ tokens; [\d,]+ are spent\. Go on\?/,
    );
    expect(declined.stderr).toContain("Stopped.");
    expect(await resultsIn(out())).toHaveLength(2);

    const agreed = await evaluate(["--pairs", "3"], { answer: "y\n" });
    expect(agreed.code).toBe(0);
    expect(await resultsIn(out())).toHaveLength(6);
  });

  test("that fails is not asked for ever, and nothing is counted", async () => {
    const { code, stdout, stderr } = await evaluate(["--yes"], { fake: "fails" });
    expect(code).toBe(1);
    expect(stderr).toContain("Given up: Codex failed several times in a row (You've hit your usage limit.)");
    expect(stdout).toContain("no pair is complete");
    expect(upstream.requests).toHaveLength(0);
  });

  test("that takes too long was not right", async () => {
    const args = ["--yes", "--pairs", "1", "--timeout", "1", "--parallel", "1"];
    const { stdout } = await evaluate(args, { fake: "hangs" });
    expect(stdout).toContain("2 runs took longer than --timeout; that counts as not right.");
  });

  test("that uses tools all the same is told of", async () => {
    const { stdout } = await evaluate(["--yes", "--pairs", "1"], { fake: "tools" });
    expect(stdout).toContain("2 runs used tools, though the prompt forbids it.");
  });
});
