import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { MAY_IMPORT, layers } from "../../scripts/layers.mjs";

/** What the rule says of a file with one line. */
function objections(file: string, line: string): string[] {
  const config = {
    files: ["**/*.ts"],
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    plugins: { codexcomp: { rules: { layers } } },
    rules: { "codexcomp/layers": "error" },
  } as Linter.Config;
  return new Linter().verify(line, config, resolve(file)).map(({ message }) => message);
}

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

  it.each([
    ["src/operators/renumber.ts", 'import { of } from "../transport/proxy.js";'],
    ["src/reports/notices.ts", 'import type { Health } from "../transport/health.js";'],
    ["src/options/modules/configFile.ts", 'export * from "../../commands/command.js";'],
    ["src/library/foldTurn.ts", 'const load = () => import("../commands/command.js");'],
    ["src/testing/runFold.ts", 'let options: import("../transport/options.js").ProxyOptions;'],
    ["src/page/messages.ts", 'import { round } from "../protocol/fingerprint.js";'],
    ["src/commands/run/run.ts", 'import { main } from "../../cli.js";'],
  ])("%s may not have %s", (file, line) => {
    expect(objections(file, line)).toEqual([expect.stringMatching(/may not import/)]);
  });

  it.each([
    ["src/operators/renumber.ts", 'import { round } from "../protocol/event.js";'],
    ["src/transport/downstream/respond.ts", 'import { metrics } from "../metrics.js";'],
    [
      "src/commands/logs/logs.ts",
      'import { page } from "../page/page.js"; import { version } from "../../version.js";',
    ],
    ["src/operators/renumber.ts", 'import { map } from "rxjs";'],
  ])("%s may have %s", (file, line) => {
    expect(objections(file, line)).toEqual([]);
  });

  it("know every part", () => {
    expect(objections("src/novelty/thing.ts", 'import { round } from "../protocol/event.js";')).toEqual([
      "src/novelty has no line in scripts/layers.mjs.",
    ]);
  });
});
