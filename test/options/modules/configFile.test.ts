import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findConfigFile, loadConfigFile } from "../../../src/options/modules/configFile.js";
import { folderWith } from "./folder.js";

const readsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript);

describe("where a config file is looked for", () => {
  test.each(["js", "mjs", "ts"])("codexcomp.config.%s in the folder", (ending) => {
    const folder = folderWith({ [`codexcomp.config.${ending}`]: "" });
    expect(findConfigFile(folder)).toBe(join(folder, `codexcomp.config.${ending}`));
  });

  test("not under other names", () => {
    expect(findConfigFile(folderWith({ "codexcomp.config.json": "", "config.js": "" }))).toBeUndefined();
  });

  test("two of them are one too many", () => {
    const folder = folderWith({ "codexcomp.config.js": "", "codexcomp.config.ts": "" });
    expect(() => findConfigFile(folder)).toThrow(
      `codexcomp.config.js and codexcomp.config.ts are both in ${folder}: keep one, or name one with --config`,
    );
  });
});

const load = (files: Record<string, string>, reading?: number) => {
  const [name = ""] = Object.keys(files);
  return loadConfigFile(join(folderWith(files), name), reading);
};

describe("what is loaded", () => {
  test("the default export, with paths relative to the file", async () => {
    const folder = folderWith({
      "c.mjs": `export default { port: 9000, models: ["gpt-5*"], caFile: "ca.pem", minN: undefined }`,
    });
    expect(await loadConfigFile(join(folder, "c.mjs"))).toEqual({
      port: 9000,
      models: ["gpt-5*"],
      caFile: join(folder, "ca.pem"),
      minN: undefined,
    });
  });

  test("operators are functions, and keep their names", async () => {
    const { operators } = await load({
      "c.mjs": `import { redact } from "./redact.mjs"; export default { operators: { response: [redact] } }`,
      "redact.mjs": `export function redact() { return (events) => events }`,
    });
    expect(operators?.response?.map(({ name }) => name)).toEqual(["redact"]);
  });

  test("read again, it is what it says now, and so is what it imports", async () => {
    const folder = folderWith({
      "c.mjs": `import { port } from "./port.mjs"; export default { port }`,
      "port.mjs": `export { port } from "./deep/port.mjs"`,
      "deep/port.mjs": `export const port = 1`,
    });
    const read = (reading: number) => loadConfigFile(join(folder, "c.mjs"), reading);
    expect(await read(0)).toEqual({ port: 1 });
    writeFileSync(join(folder, "deep/port.mjs"), `export const port = 2`);
    expect(await read(1)).toEqual({ port: 2 });
    writeFileSync(join(folder, "c.mjs"), `export default { port: 3 }`);
    expect(await read(2)).toEqual({ port: 3 });
  });

  test("what it imports from node_modules is not read again", async () => {
    const folder = folderWith({
      "c.mjs": `import { reads } from "dep"; export default { port: reads.count }`,
      "node_modules/dep/package.json": `{ "name": "dep", "type": "module", "exports": "./dep.js" }`,
      "node_modules/dep/dep.js": `globalThis.depReads = (globalThis.depReads ?? 0) + 1; export const reads = { count: globalThis.depReads }`,
    });
    const read = (reading: number) => loadConfigFile(join(folder, "c.mjs"), reading);
    expect([await read(0), await read(1)]).toEqual([{ port: 1 }, { port: 1 }]);
  });

  test.runIf(readsTypeScript)("TypeScript, where Node reads it", async () => {
    expect(await load({ "c.ts": `const port: number = 9000; export default { port }` })).toEqual({
      port: 9000,
    });
  });

  test.skipIf(readsTypeScript)("no TypeScript where Node does not read it", async () => {
    await expect(load({ "c.ts": "" })).rejects.toThrow(
      /^c\.ts: Node [\d.]+ reads no TypeScript; use Node 22\.18 or later, or write JavaScript/,
    );
  });
});

describe("what cannot be used is said in one line, with the file's name", () => {
  test.each([
    ["", 'has no default export: it needs "export default defineConfig({ ... })"'],
    ["export default 5", "the options must be an object, not 5"],
    ["export default { prot: 1 }", "unknown option prot, did you mean port?"],
    [
      "export default { port: 99999 }",
      "port must be a whole number, 0 to 65535 (0 for any free one), not 99999",
    ],
    ["export default { use: ['a'] }", "unknown option use"],
    ["throw new Error('no key')", "cannot be loaded: Error: no key"],
    ["import './none.mjs'", "cannot be loaded: Error: Cannot find module"],
    ["import 'no-such-package'", "cannot be loaded: Error: Cannot find package"],
    ["export default {", "cannot be loaded: SyntaxError: Unexpected end of input"],
  ])("%s", async (text, message) => {
    const error = await load({ "c.mjs": text }).catch((reason: Error) => reason.message);
    expect(error).toMatch(/^c\.mjs:? /);
    expect(error).toContain(message);
    expect(error).not.toContain("\n");
  });

  test("a file that is not there", async () => {
    await expect(loadConfigFile("/nowhere/c.js")).rejects.toThrow("c.js: there is no such file");
  });

  test("a syntax error with a way to its place", async () => {
    await expect(load({ "c.mjs": "export default {" })).rejects.toThrow(
      /; "node --check \S+c\.mjs" shows where$/,
    );
  });

  test.runIf(readsTypeScript)("TypeScript that Node takes for CommonJS", async () => {
    const loading = load({
      "c.ts": 'import "node:fs"; export default { port: 9000 }',
      "package.json": '{ "type": "commonjs" }',
    });
    await expect(loading).rejects.toThrow("rename it to end in .mts");
  });

  test("an ES module that Node takes for CommonJS", async () => {
    const loading = load({
      "c.js": "export default { port: 9000 }",
      "package.json": '{ "type": "commonjs" }',
    });
    await expect(loading).rejects.toThrow(
      'rename it to end in .mjs, or put "type": "module" into package.json',
    );
  });
});
