import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { commands } from "../../src/commands/index.js";
import { parseCommandLine } from "../../src/commands/parsing/parse.js";
import { round } from "../../src/testing/index.js";
import { running } from "../commands/run/running.js";
import { installedFolder, outsideOfTests } from "../options/modules/folder.js";
import { complaints } from "./compiler.js";
import { answerOf } from "../transport/websocket/support/frames.js";
import { dataOf, runTurn, simulated } from "../transport/support/turns.js";

// Whole test runners, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

// docs/writing-operators.md: its snippets are files, as a reader would have them, and each of them runs.

const page = readFileSync("docs/writing-operators.md", "utf8");
const snippets = [...page.matchAll(/^```(?:js|ts)\n(?:\/\/ (\S+)\n)?([\s\S]*?)^```/gm)].map(
  ([, name = "", text = ""]) => ({ name, text }),
);
const files = Object.fromEntries(snippets.map(({ name, text }) => [name, text]));
const isBuilt = existsSync("dist/index.js");

const readersFolder = (more: Readonly<Record<string, string>> = {}) =>
  installedFolder(["codexcomp", "rxjs", "vitest"], { ...files, ...more });

/** @returns what it writes to stdout; rejects where it fails */
async function node(folder: string, ...args: string[]): Promise<string> {
  const options = { cwd: folder, env: outsideOfTests() };
  return (await promisify(execFile)(process.execPath, args, options)).stdout;
}
const vitest = (folder: string) =>
  node(folder, resolve("node_modules/vitest/vitest.mjs"), "run", "--root", folder, "--reporter=tap-flat");

describe.skipIf(!isBuilt)("what the page has its reader write", () => {
  test("is all here, each with the name of its file", () => {
    expect(Object.keys(files)).toEqual([
      "plainDashes.mjs",
      "plainDashes.test.mjs",
      "plainDashes.test.ts",
      "codexcomp.config.mjs",
      "dropSummaries.mjs",
      "countWords.ts",
      "failing.test.mjs",
      "embedded.mjs",
      "folding.mjs",
      "folding-json.mjs",
    ]);
  });

  test("passes its tests in Node's runner", async () => {
    const folder = readersFolder();
    const tests = Object.keys(files).filter((name) => name.endsWith(".test.mjs"));
    const output = await node(folder, "--test", "--test-reporter=tap", ...tests);
    expect(output).toMatch(/^# pass 2$/m);
  });

  test("passes its tests in vitest, where the operator in TypeScript does what it says", async () => {
    const countWords = `
      import { round, runFold } from "codexcomp/testing";
      import { expect, test } from "vitest";
      import countWords from "./countWords.ts";
      test("counts", async () => {
        const lines: string[] = [];
        const log = (level: string, text: string) => lines.push(level + ": " + text);
        await runFold([round().message("three little words").completed()], { operators: { response: [countWords] }, log });
        expect(lines).toEqual(["info: countWords: 3 words of gpt-5.5 over library"]);
      });`;
    const { ["plainDashes.test.mjs"]: _, ["failing.test.mjs"]: __, ...rest } = files;
    const folder = installedFolder(["codexcomp", "rxjs", "vitest"], {
      ...rest,
      "countWords.test.ts": countWords,
    });
    const output = await vitest(folder);
    expect(output.match(/^ok /gm)).toHaveLength(2);
  });

  test("has the right types", async () => {
    const folder = installedFolder(["codexcomp", "rxjs", "vitest", "@types"], files);
    const names = Object.keys(files).filter((name) =>
      /\.ts$|onfig\.mjs$|(Dashes|Summaries)\.mjs$/.test(name),
    );
    const flags = "--noEmit --strict --allowJs --checkJs --skipLibCheck --target es2023 --module nodenext";
    expect(await complaints(folder, [...flags.split(" "), ...names])).toBe("");
  });

  test.each([
    ["embedded.mjs", "true\ngpt-5.5 completed 1\n"],
    ["folding.mjs", "21\n"],
    ["folding-json.mjs", "21\n"],
  ])("runs in a program of its own: %s", async (name, output) => {
    const lines = (text: string) => text.split("\n").sort();
    expect(lines(await node(readersFolder(), name))).toEqual(lines(output));
  });

  test.each([
    [
      ["--use", "./plainDashes.mjs"],
      "using ./plainDashes.mjs; operators: plainDashes",
      "codexcomp.config.mjs",
    ],
    [
      ["--config", "codexcomp.config.mjs"],
      "using codexcomp.config.mjs; operators: dropSummaries, plainDashes",
      "",
    ],
  ])("is used by codexcomp run %j", async (args, says, without) => {
    const upstream = await simulated({ script: [round().reasoning(9).message("21 — sure").completed()] });
    const { [without]: _, ...rest } = files;
    const folder = installedFolder(["codexcomp", "rxjs"], rest);
    const run = await running(["run", "--port", "0", "--upstream", upstream.url, ...args], {}, folder);
    const { text } = await runTurn(await run.url());
    expect(answerOf(dataOf(text))).toBe("21 - sure");
    expect(text.includes("response.reasoning_summary")).toBe(args[0] === "--use");
    expect(run.stderr).toContain(says);
  });
});

test("its command lines are ones that codexcomp knows", async () => {
  const lines = [...page.matchAll(/codexcomp ((?:run|replay|new-operator|wire)\b[^`\n]*)/g)];
  expect(lines.length).toBeGreaterThan(3);
  for (const [, line = ""] of lines) {
    const argv = line.trim().split(" ");
    if (argv[0] === "replay") argv.push("recorded");
    expect((await parseCommandLine(argv, commands, {})).kind).toBe("run");
  }
});
