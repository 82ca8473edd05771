import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { CLI } from "./harness/codexcompProcess.js";
import { codexBinary } from "./harness/codexExec.js";
import { VERSIONS } from "./harness/scenario.js";

const newest = VERSIONS.at(-1) ?? "";
const older = VERSIONS.slice(0, -1);

/** Rehearses an evaluation with that Codex on PATH. */
async function rehearsed(version: string, args: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), "codexcomp-e2e-eval-"));
  const env = { HOME: home, PATH: [dirname(codexBinary(version)), process.env["PATH"]].join(delimiter) };
  const line = [CLI, "eval", "--rehearse", "--parallel", "3", "--json", ...args];
  try {
    const [stdout, stderr] = await new Promise<[string, string]>((resolve, reject) =>
      execFile(process.execPath, line, { env }, (error, out, err) =>
        error ? reject(new Error(err)) : resolve([out, err]),
      ),
    );
    expect(stderr).toContain(`with Codex ${version} and a simulated upstream`);
    // the user's own Codex is left alone
    expect(await readdir(home)).not.toContain(".codex");
    return (JSON.parse(stdout) as { conditions: Record<string, unknown>[] }).conditions;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

test.concurrent.each([
  ["helps", "helps", /^folding helps \(\+\d+ points, p [=<] 0\.\d+\), at \d\.\d times the tokens$/],
  [
    "no-difference",
    "no_difference",
    /^no difference seen; with 6 pairs a gain under 100 points would not show$/,
  ],
  ["nothing-cut", "nothing_cut", /^nothing was cut: there is nothing to fold$/],
])(`${newest} eval --rehearse, a world in which folding: %s`, async (world, verdict, sentence) => {
  const pairs = world === "helps" ? "8" : "6";
  const conditions = await rehearsed(newest, ["--world", world, "--pairs", pairs]);
  expect(conditions).toMatchObject([{ verdict, sentence: expect.stringMatching(sentence) }]);
});

for (const version of older) {
  test.concurrent(`${version} eval --rehearse`, async () => {
    const conditions = await rehearsed(version, ["--pairs", "1"]);
    expect(conditions).toMatchObject([{ arms: { observe: { runs: 1 }, fold: { runs: 1 } } }]);
  });
}
