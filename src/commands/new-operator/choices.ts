import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { nodeReadsTypeScript } from "../../options/modules/importModule.js";

export type Language = "ts" | "js";
export type Runner = "vitest" | "node";

/** TypeScript where the folder has it and this Node can run it. */
export function languageOf(folder: string): Language {
  return nodeReadsTypeScript() &&
    foldersUpFrom(folder).some((each) => existsSync(join(each, "tsconfig.json")))
    ? "ts"
    : "js";
}

/** vitest where it is installed: Node's own test runner is always there. */
export function runnerOf(folder: string): Runner {
  return isInstalled("vitest", folder) ? "vitest" : "node";
}

/** True where a module in the folder could import the package. */
export function isInstalled(name: string, folder: string): boolean {
  const paths = createRequire(join(folder, "x.js")).resolve.paths(name) ?? [];
  return paths.some((path) => existsSync(join(path, name, "package.json")));
}

function foldersUpFrom(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)];
}
