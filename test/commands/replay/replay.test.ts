import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/protocol/event.js";
import { round } from "../../../src/testing/index.js";
import { recordTurn, scratchFolder } from "../../recordings/support.js";
import { runLine } from "../capture.js";

const cut = round().reasoning(516).message("WRONG").completed();
const right = round().reasoning(300).message("RIGHT").completed();
const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));

interface Json {
  readonly same: boolean;
  readonly recordings: readonly (JsonObject & {
    readonly rounds: readonly JsonObject[];
    readonly client: JsonObject;
  })[];
}

async function replayJson(...args: string[]): Promise<Json & { readonly code: number }> {
  const { code, stdout } = await runLine(["replay", "--json", ...args]);
  return { ...(JSON.parse(stdout) as Json), code };
}

describe("codexcomp replay", () => {
  it("shows the rounds, their verdicts and the usage, and that it is the same", async () => {
    const path = await recordTurn([cut, right]);
    const { code, stdout, stderr } = await runLine(["replay", path]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
    expect(rows).toContainEqual(expect.arrayContaining(["1", "200", "516", "1", "message", "continue"]));
    expect(rows).toContainEqual(expect.arrayContaining(["2", "200", "300", "-", "message", "natural"]));
    expect(rows).toContainEqual(["items", "reasoning, reasoning, message"]);
    expect(stdout).toMatch(/client +\d+ events, response\.completed, stop=natural/);
    expect(stdout).toMatch(/usage +input [\d,]+ .*\(reasoning 816\)/);
    expect(stdout).toMatch(/outcome +the same as recorded/);
    expect(stdout).not.toMatch(/RIGHT|WRONG/);
  });

  it("prints the events as the client got them", async () => {
    const path = await recordTurn([cut, right]);
    const { stdout } = await runLine(["replay", path, "--events"]);
    const sent = (await readFile(join(path, "client.sse"), "utf8")).replace(/^: codexcomp .*\n\n?/gm, "");
    expect(stdout.startsWith(sent)).toBe(true);
  });

  it("is the same redacted", async () => {
    const path = await recordTurn([cut, right], { recordRedact: true });
    expect(await replayJson(path)).toMatchObject({
      code: 0,
      same: true,
      recordings: [
        { rounds: [{ tier: 1 }, { usage: { reasoning: 300 } }], client: { usage: { reasoning: 816 } } },
      ],
    });
  });

  it("tells an outcome that differs by its exit code, and --diff where", async () => {
    const path = await recordTurn([cut, right]);
    const client = join(path, "client.sse");
    await writeFile(client, (await readFile(client, "utf8")).replaceAll("RIGHT", "LEFT"));

    const { code, stdout } = await runLine(["replay", path, "--diff"]);
    expect(code).toBe(1);
    expect(stdout).toContain("NOT what was recorded");
    const changed = stdout.split("\n").filter((line) => /^[-+]\{/.test(line));
    expect(changed.length).toBeGreaterThan(1);
    for (const line of changed) expect(line).toContain(line.startsWith("-") ? "LEFT" : "RIGHT");
    expect((await runLine(["replay", path])).stdout).not.toContain("LEFT");
  });

  it("says of a verdict that it was another one", async () => {
    const path = await recordTurn([cut, right]);
    const about = join(path, "turn.json");
    await writeFile(about, (await readFile(about, "utf8")).replace('"maxContinue": 3', '"maxContinue": 0'));
    const { code, stdout } = await runLine(["replay", path]);
    expect(code).toBe(1);
    expect(stdout).toContain("max_continue, was continue");
  });

  it("tries operators on what was recorded", async () => {
    const path = await recordTurn([cut, right]);
    const operator = join(await scratchFolder(), "quiet.mjs");
    await writeFile(
      operator,
      `export default function quiet() { return (events) => new events.constructor((out) => events.subscribe({
         next: (event) => event.type === "response.output_text.delta" || out.next(event),
         error: (error) => out.error(error), complete: () => out.complete() })); }`,
    );
    const { code, stdout } = await runLine(["replay", path, "--use", operator, "--diff", "--events"]);
    expect(code).toBe(1);
    const [events = "", diff = ""] = stdout.split("NOT what was recorded");
    expect(events).not.toContain("event: response.output_text.delta");
    const lines = diff.split("\n").filter((line) => /^[-+]\{/.test(line));
    expect(lines.every((line) => line.startsWith('-{"type":"response.output_text.delta"'))).toBe(true);
    expect(lines.length).toBeGreaterThan(0);
  });

  it("names the operators that it was recorded with, and is the same with them", async () => {
    const operator = join(await scratchFolder(), "drop.mjs");
    await writeFile(
      operator,
      `export default function drop() { return (events) => new events.constructor((out) => events.subscribe({
         next: (event) => event.type === "response.in_progress" || out.next(event),
         error: (error) => out.error(error), complete: () => out.complete() })); }`,
    );
    const { default: drop } = (await import(operator)) as { default: () => never };
    const path = await recordTurn([cut, right], { operators: { response: [drop] } });

    expect((await runLine(["replay", path, "--use", operator])).code).toBe(0);
    const without = await runLine(["replay", path]);
    expect(without.code).toBe(1);
    expect(without.stdout).toContain("recorded with operators: drop");
  });

  it("at 1x takes the recorded times", async () => {
    const path = await recordTurn([right]);
    const file = join(path, "round-1.sse");
    let at = 0;
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(
        /codexcomp at [\d.]+/g,
        () => `codexcomp at ${(at += 0.01).toFixed(3)}`,
      ),
    );
    const begun = performance.now();
    expect((await runLine(["replay", path, "--speed", "1x"])).code).toBe(0);
    expect(performance.now() - begun).toBeGreaterThan(at * 1000 - 50);
  });

  it("replays a folder of turns, each for itself", async () => {
    const folder = await scratchFolder();
    for (const name of ["b", "a"])
      await cp(await recordTurn([cut, right]), join(folder, name), { recursive: true });
    const { recordings } = await replayJson(folder);
    expect(recordings.map(({ recording }) => recording)).toEqual([join(folder, "a"), join(folder, "b")]);
  });

  it("ends with Ctrl-C", async () => {
    const path = await recordTurn([right]);
    expect((await runLine(["replay", path], { signal: AbortSignal.abort("SIGINT") })).code).toBe(130);
  });

  it.each([
    [[], /PATH/],
    [["/no/such/path"], /no such file or folder/],
    [["package.json"], /not a recording/],
    [["src"], /no recording in it/],
    [["test/fixtures/clean.sse", "--speed", "fast"], /max, or a factor/],
    [["test/fixtures/clean.sse", "--use", "none.mjs"], /none\.mjs: there is no such file/],
    [["test/fixtures/missing.sse"], /missing\.sse: there is no such file or folder/],
  ])("%j is wrong usage", async (args, reason) => {
    const { code, stderr, stdout } = await runLine(["replay", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(reason);
  });
});

describe("files of other tools", async () => {
  const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".sse"));

  it.each(names)("the fixture %s replays", async (name) => {
    const { code, recordings } = await replayJson(join(FIXTURES, name));
    expect(code).toBe(0);
    const [only] = recordings;
    expect(only).toMatchObject({ source: "sse", same: null, missing: [] });
    expect(only?.client["events"]).toBeGreaterThan(3);
  });

  it("a whole folder of rounds is a turn each, in order of their names", async () => {
    const { recordings } = await replayJson(FIXTURES);
    expect(recordings.map(({ recording }) => String(recording).slice(FIXTURES.length))).toEqual(
      [...names].sort(),
    );
  });

  it("CodexCont's numbered dumps are the rounds of one turn", async () => {
    const folder = await scratchFolder();
    const dumps = { r1: "truncated", r2: "truncated-again", r10: "continued" };
    for (const [number, name] of Object.entries(dumps))
      await cp(join(FIXTURES, `${name}.sse`), join(folder, `codex_mw_${number}.sse.txt`));
    const files = Object.keys(dumps).map((number) => join(folder, `codex_mw_${number}.sse.txt`));

    for (const args of [[folder], [...files].reverse()]) {
      const { recordings } = await replayJson(...args);
      expect(recordings).toHaveLength(1);
      expect(recordings[0]).toMatchObject({
        rounds: [{ tier: 1 }, { tier: 2 }, { usage: { reasoning: 291 } }],
        client: { items: ["reasoning", "reasoning", "reasoning", "message"], end: "response.completed" },
        stop: "natural",
      });
    }
  });

  it("a cut round without the next one says what it lacks", async () => {
    const { recordings } = await replayJson(join(FIXTURES, "truncated.sse"));
    expect(recordings[0]).toMatchObject({
      rounds: [{ verdict: { action: "continue" } }, { failure: "round 2 was not recorded" }],
      stop: "continuation_failed",
    });
  });
});
