import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { onTestFinished } from "vitest";

/** A folder with files, gone with the test. @returns its path */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "codexcomp-options-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

/** A folder with files, in which packages are installed: this one, and those that it has itself. @returns its path */
export function installedFolder(
  packages: readonly string[],
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = folderWith(files);
  mkdirSync(join(folder, "node_modules"));
  for (const name of packages) {
    const path = name === "codexcomp" ? "." : join("node_modules", name);
    symlinkSync(resolve(path), join(folder, "node_modules", name), "junction");
  }
  return folder;
}

/** The environment of a test runner's process that is no part of this one. */
export function outsideOfTests(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_|VITEST|.*_PROXY$)/i.test(name)),
  );
}
