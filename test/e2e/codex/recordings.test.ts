import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadRecordings } from "../../../src/testing/index.js";
import { replaysTheSame } from "../../recordings/support.js";
import { codexExec } from "./harness/codexExec.js";
import { codexHome, type Path } from "./harness/codexHome.js";
import { stepsUpTo, working } from "./harness/models.js";
import { playingProcess, proxyProcess } from "./harness/codexcompProcess.js";
import { runProxied } from "./harness/run.js";

const VERSIONS = (process.env["CODEX_VERSIONS"] ?? "").split(/[\s,]+/).filter((version) => version !== "");
const PATHS: readonly Path[] = ["websocket", "post"];
const cases = VERSIONS.flatMap((version) => PATHS.map((path) => [version, path] as const));

/** A tool loop of three steps, the second one cut; recorded. */
async function recorded(
  version: string,
  path: Path,
  flags: readonly string[] = [],
  cuts: Readonly<Record<number, readonly number[]>> = { 2: [516] },
) {
  const folder = await mkdtemp(join(tmpdir(), "codexcomp-e2e-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const setup = {
    ...({ version, path, login: "chatgpt", prompts: ["How many?"], config: [], codexFlags: [] } as const),
    upstream: () => ({ script: working(3, cuts) }),
  };
  const run = await runProxied(setup, ["--record", folder, ...flags]);
  expect(run.steps).toEqual(stepsUpTo(3));
  return { run, folder, recordings: await loadRecordings([folder]) };
}

test.each(cases)("%s over %s: what it did replays, and plays to it again", async (version, path) => {
  const { run, folder, recordings } = await recorded(version, path);

  expect(recordings.map(({ rounds }) => rounds.length)).toEqual([1, 2, 1, 1]);
  for (const recording of recordings) expect(await replaysTheSame(recording)).toBe(true);

  const upstream = await playingProcess(folder);
  const proxy = await proxyProcess(upstream.url);
  const home = await codexHome({ path, login: "chatgpt", baseUrl: proxy.url });
  try {
    const printed = await codexExec({ version, home, loginUrl: upstream.url, args: ["How many?"] });
    expect(printed.story).toEqual(run.printed[0]?.story);
    expect(await home.steps()).toEqual(stepsUpTo(3));
  } finally {
    await proxy.stop();
    await upstream.stop();
    await home.remove();
  }
});

test.each(cases)("%s over %s: plays to Codex itself", async (version, path) => {
  const { run, folder } = await recorded(version, path, [], {});

  const upstream = await playingProcess(folder);
  const home = await codexHome({ path, login: "chatgpt", baseUrl: upstream.url });
  try {
    const printed = await codexExec({ version, home, loginUrl: upstream.url, args: ["How many?"] });
    expect(printed.story).toEqual(run.printed[0]?.story);
    expect(await home.steps()).toEqual(stepsUpTo(3));
  } finally {
    await upstream.stop();
    await home.remove();
  }
});

test.each(cases)("%s over %s: redacted, it replays without what was said", async (version, path) => {
  const { folder, recordings } = await recorded(version, path, ["--record-redact"]);

  for (const recording of recordings) expect(await replaysTheSame(recording)).toBe(true);
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(sse|json)$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  expect(texts.join("\n")).not.toMatch(
    /How many|steps\.txt|finished|coding agent|exec_command|Bearer|eyJ|\/tmp\/|tools?\b.*\bshell/i,
  );
});
