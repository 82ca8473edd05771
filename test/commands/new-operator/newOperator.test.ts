import { execFile } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { nodeReadsTypeScript } from "../../../src/options/modules/importModule.js";
import { folderWith, installedFolder, outsideOfTests } from "../../options/modules/folder.js";
import { runLine } from "../capture.js";

// Whole test runners, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

const isBuilt = existsSync("dist/index.js");

const filesOf = (folder: string) => readdirSync(folder).filter((name) => name !== "node_modules");
const write = (name: string, dir: string, ...flags: string[]) =>
  runLine(["new-operator", name, "--dir", dir, ...flags]);

/** Has a runner test what is in a folder. @returns what it says of the tests that passed */
async function passed(folder: string, ...args: string[]): Promise<string[]> {
  const options = { cwd: folder, env: outsideOfTests() };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return stdout.match(/^ *ok .* (changes|leaves)/gm) ?? [];
}

describe.skipIf(!isBuilt)("what is written works as it is", () => {
  test("tested by vitest, in JavaScript and in TypeScript", async () => {
    const folder = installedFolder(["codexcomp", "rxjs", "vitest"]);
    for (const language of ["js", "ts"]) {
      const { code } = await write(`in-${language}`, folder, "--language", language, "--runner", "vitest");
      expect(code).toBe(0);
    }
    const vitest = [
      resolve("node_modules/vitest/vitest.mjs"),
      "run",
      "--root",
      folder,
      "--reporter=tap-flat",
    ];
    const tests = await passed(folder, ...vitest);
    for (const name of ["inJs", "inTs"]) expect(tests.filter((line) => line.includes(name))).toHaveLength(2);
  });

  const read = ["js", ...(nodeReadsTypeScript() ? ["ts"] : [])];
  test.each(read)("tested by node, in %s", async (language) => {
    const folder = installedFolder(["codexcomp", "rxjs"]);
    const { code } = await write("plain-dashes", folder, "--language", language, "--runner", "node");
    expect(code).toBe(0);
    const path = join(folder, `plainDashes.test.${language === "ts" ? "mts" : "mjs"}`);
    expect(await passed(folder, "--test", "--test-reporter=tap", path)).toHaveLength(2);
  });
});

describe("what fits the folder is chosen", () => {
  test("JavaScript and Node's own runner where nothing else is there, and what to install is said", async () => {
    const folder = folderWith({});
    const { stdout } = await write("redact_Word", folder);
    expect(filesOf(folder)).toEqual(["redactWord.mjs", "redactWord.test.mjs"]);
    expect(stdout).toMatch(/^install first: {2}npm install --save-dev codexcomp rxjs$/m);
    expect(stdout).toMatch(/^test it: {2}node --test .*redactWord\.test\.mjs$/m);
    expect(stdout).toMatch(/^use it: {3}npx codexcomp run --use .*redactWord\.mjs$/m);
  });

  test("vitest where it is installed, and nothing more to install", async () => {
    const folder = installedFolder(["codexcomp", "rxjs", "vitest"]);
    const { stdout } = await write("redact", join(folder, "deep", "er"));
    expect(filesOf(join(folder, "deep", "er"))).toEqual(["redact.mjs", "redact.test.mjs"]);
    expect(stdout).toContain("npx vitest run");
    expect(stdout).not.toContain("install first");
  });

  test("TypeScript where there is a tsconfig.json, and Node reads it", async () => {
    const folder = folderWith({ "tsconfig.json": "{}" });
    await write("redact", join(folder, "operators"));
    const ending = nodeReadsTypeScript() ? "mts" : "mjs";
    expect(filesOf(join(folder, "operators"))).toEqual([`redact.${ending}`, `redact.test.${ending}`]);
  });
});

test.each(["redact.mjs", "redact.test.mjs"])("where %s exists, nothing is written", async (name) => {
  const folder = folderWith({ [name]: "mine" });
  const { code, stderr } = await write("redact", folder);
  expect([code, filesOf(folder), readFileSync(join(folder, name), "utf8")]).toEqual([1, [name], "mine"]);
  expect(stderr).toContain(`${name} exists already`);
});

test.each([
  ["delete", "deleteOperator"],
  ["await", "awaitOperator"],
  ["round", "roundOperator"],
  ["map", "mapOperator"],
])("an operator cannot be called %s, but %s", async (given, name) => {
  const folder = folderWith({});
  await write(given, folder);
  expect(filesOf(folder)).toEqual([`${name}.mjs`, `${name}.test.mjs`]);
});

test.each(["", "9lives", "../up", "a b", "a--b", "-", "ä"])("%j is no name", async (name) => {
  const folder = folderWith({});
  const { code } = await runLine(["new-operator", "--dir", folder, "--", name]);
  expect([code, filesOf(folder)]).toEqual([2, []]);
});
