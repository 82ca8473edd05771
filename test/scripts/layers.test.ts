import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAY_IMPORT } from "../../scripts/layers.mjs";

const REFUSED = [
  ["src/operators/renumber.ts", 'import { of } from "../transport/proxy.js";'],
  ["src/reports/notices.ts", 'import type { Health } from "../transport/health.js";'],
  ["src/options/modules/configFile.ts", 'export * from "../../commands/command.js";'],
  ["src/library/foldTurn.ts", 'export const load = () => import("../commands/command.js");'],
  ["src/testing/runFold.ts", 'export let options: import("../transport/options.js").ProxyOptions;'],
  ["src/page/messages.ts", 'import { round } from "../protocol/fingerprint.js";'],
  ["src/commands/run/run.ts", 'import { main } from "../../cli.js";'],
] as const;

const TAKEN = [
  ["src/operators/keepAlive.ts", 'import { round } from "../protocol/event.js";'],
  ["src/transport/downstream/respond.ts", 'import { metrics } from "../metrics.js";'],
  ["src/commands/logs/logs.ts", 'export { page } from "../page/page.js"; import "../../version.js";'],
  ["src/operators/pendingEvents.ts", 'import { map } from "rxjs";'],
] as const;

const NOVELTY = ["src/novelty/thing.ts", 'import { round } from "../protocol/event.js";'] as const;

let folder: string;
/** What oxlint says of each file: the rule alone, on files that have one line each. */
let said: { message: string; filename: string }[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "codexcomp-layers-"));
  for (const [file, line] of [...REFUSED, ...TAKEN, NOVELTY]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), line);
  }
  const config = {
    jsPlugins: [resolve("scripts/layers.mjs")],
    categories: { correctness: "off" },
    rules: { "codexcomp/layers": "error" },
  };
  writeFileSync(join(folder, ".oxlintrc.json"), JSON.stringify(config));
  const oxlint = resolve("node_modules/oxlint/bin/oxlint");
  const output = await new Promise<string>((done) => {
    execFile(process.execPath, [oxlint, "--format=json"], { cwd: folder }, (_, stdout) => done(stdout));
  });
  said = JSON.parse(output).diagnostics;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const objections = (file: string) =>
  said.filter(({ filename }) => filename.replaceAll("\\", "/") === file).map(({ message }) => message);

describe("the layers", () => {
  it("have a line for each part of src, and none for others", () => {
    const parts = readdirSync("src").map((name) => name.replace(/\.ts$/, ""));
    expect(Object.keys(MAY_IMPORT).sort()).toEqual(parts.sort());
  });

  it("import only what stands above them, so that there are no circles", () => {
    const parts = Object.keys(MAY_IMPORT);
    for (const [part, allowed] of Object.entries(MAY_IMPORT)) {
      expect(parts.slice(0, parts.indexOf(part)), part).toEqual(expect.arrayContaining(allowed));
    }
  });

  it.each(REFUSED)("%s may not have %s", (file) => {
    expect(objections(file)).toEqual([expect.stringMatching(/may not import/)]);
  });

  it.each(TAKEN)("%s may have %s", (file) => {
    expect(objections(file)).toEqual([]);
  });

  it("know every part", () => {
    expect(objections(NOVELTY[0])).toEqual(["src/novelty has no line in scripts/layers.mjs."]);
  });
});
