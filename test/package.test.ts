import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const manifest = read("package.json") as { scripts: object };
const { packages } = read("package-lock.json") as {
  packages: Record<
    string,
    { version?: string; integrity?: string; hasInstallScript?: boolean; dev?: boolean }
  >;
};
const installed = Object.entries(packages).filter(([path]) => path !== "");

test("installing runs no script: neither of this package nor of what it needs", () => {
  const ran = ["preinstall", "install", "postinstall", "prepublish", "prepare"];

  expect(Object.keys(manifest.scripts).filter((name) => ran.includes(name))).toEqual([]);
  expect(installed.filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)).toEqual([]);
});

test("the lockfile pins everything by its hash", () => {
  expect(installed.length).toBeGreaterThan(0);
  expect(installed.filter(([, { version, integrity }]) => !version || !integrity)).toEqual([]);
});

test("what users install beside it is little", () => {
  const names = installed.filter(([, { dev }]) => !dev).map(([path]) => path.replace(/.*node_modules\//, ""));

  expect(names.length).toBeLessThan(30);
});
