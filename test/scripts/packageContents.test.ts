import { existsSync } from "node:fs";
import { expect, describe, it } from "vitest";
import { objections, packed, readPacked, sizes } from "../../scripts/package-contents.mjs";

describe.skipIf(!existsSync("dist/index.js"))("the package", () => {
  it("is whole, holds nothing else, and is not large", () => {
    const contents = packed();
    expect(objections(contents.paths, JSON.parse(readPacked("package.json")), readPacked)).toEqual([]);
    expect(sizes(contents)).toMatch(/^\d+ KiB packed/);
  }, 60_000);
});

describe("a package", () => {
  const manifest = {
    name: "codexcomp",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    bin: { codexcomp: "dist/cli.js" },
    man: "./man/codexcomp.1",
    dependencies: { rxjs: "7" },
  };
  const files: Record<string, string> = {
    "dist/index.js": 'import { map } from "rxjs";\nimport "node:fs";\nexport { a } from "./a.js";',
    "dist/index.d.ts": 'export type { A } from "./a.js";',
    "dist/a.js": 'import "rxjs/testing";\n// import "./gone.js"',
    "dist/cli.js": 'const page = () => import("./a.js");',
    "man/codexcomp.1": "",
  };
  const of = (more: Record<string, string>): string[] => {
    const all = { ...files, ...more };
    return objections(Object.keys(all), manifest, (path) => all[path] ?? "");
  };

  it("that is as it should be", () => {
    expect(of({})).toEqual([]);
  });

  it.each([
    ["dist/a.test.js", "", "dist/a.test.js should not be in it"],
    ["test/a.js", "", "test/a.js should not be in it"],
    ["dist/a.js.map", "", "dist/a.js.map should not be in it"],
    ["src/a.ts", "", "src/a.ts should not be in it"],
    ["dist/b.js", 'import "./gone.js";', "dist/b.js refers to ./gone.js, which is not there"],
    ["dist/b.js", 'await import("./gone.js");', "dist/b.js refers to ./gone.js, which is not there"],
    [
      "dist/b.js",
      'new URL("./gone.js", import.meta.url)',
      "dist/b.js refers to ./gone.js, which is not there",
    ],
    ["dist/b.d.ts", 'export * from "preact";', "dist/b.d.ts refers to preact, which is not there"],
    ["dist/b.js", "//# sourceMappingURL=b.js.map", "dist/b.js refers to ./b.js.map, which is not there"],
  ])("with %s, %j", (path, text, objection) => {
    expect(of({ [path]: text })).toEqual([objection]);
  });

  it("without what package.json names", () => {
    const paths = Object.keys(files).filter((path) => path !== "dist/cli.js");
    expect(objections(paths, manifest, (path) => files[path] ?? "")).toEqual([
      "package.json names dist/cli.js, which is not in it",
    ]);
  });

  it("that is too large", () => {
    expect(() => sizes({ paths: [], size: 2e6, unpackedSize: 10 })).toThrow("too large: 1954 KiB packed");
  });
});
