import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { round } from "../../../src/testing/index.js";
import { scenario } from "./harness/scenario.js";

// The operator of docs/writing-operators.md, in a folder where nothing is installed.
const folder = mkdtempSync(join(tmpdir(), "codexcomp-operator-"));
const operator = join(folder, "plainDashes.mjs");
const page = readFileSync("docs/writing-operators.md", "utf8");
writeFileSync(operator, /```js\n\/\/ plainDashes\.mjs\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
afterAll(() => rmSync(folder, { recursive: true }));

for (const path of ["websocket", "post"] as const) {
  scenario(
    `with an operator, over ${path}`,
    {
      path,
      upstream: () => ({ script: () => round().reasoning(300).message("21 — surely").completed() }),
      proxyFlags: ["--use", operator],
    },
    ({ direct, proxied }) => {
      expect(direct.answer).toBe("21 — surely");
      expect(proxied.answer).toBe("21 - surely");
      expect(proxied.complaints).toEqual([]);
    },
  );
}
