import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { REASONS, dependenciesPage, ownManifests } from "../../scripts/dependencies.mjs";

const [manifest, lock] = await ownManifests();

test("docs/dependencies.md says what is installed (npm run docs:dependencies)", async () => {
  expect(await readFile("docs/dependencies.md", "utf8")).toBe(dependenciesPage(manifest, lock));
});

describe("a package", () => {
  test("needs a reason", () => {
    const more = { ...manifest, dependencies: { ...manifest.dependencies, "left-pad": "1" } };
    expect(() => dependenciesPage(more, lock)).toThrow("left-pad has no reason");
  });

  test("that is gone takes its reason along", () => {
    expect(() => dependenciesPage(manifest, lock, { ...REASONS, "left-pad": "pads" })).toThrow(
      "left-pad has a reason, and is no dependency",
    );
  });

  test.each([
    [{ license: "GPL-3.0" }, "GPL-3.0"],
    [{ license: "MPL-2.0" }, "MPL-2.0"],
    [{}, "none"],
    [{ license: "MIT AND GPL-3.0" }, "MIT AND GPL-3.0"],
    [{ license: "GPL-3.0", dev: true }, "GPL-3.0"],
  ])("with %j is refused", (entry, license) => {
    const packages = { ...lock.packages, "node_modules/ws/node_modules/left-pad": entry };
    expect(() => dependenciesPage(manifest, { ...lock, packages })).toThrow(
      `left-pad has the license ${license}, which is not allowed`,
    );
  });

  test("with a choice of licenses is not", () => {
    const packages = { ...lock.packages, "node_modules/x": { license: "(MIT OR GPL-3.0)", dev: true } };
    expect(dependenciesPage(manifest, { ...lock, packages })).toBe(dependenciesPage(manifest, lock));
  });
});
