// What is packed: `node scripts/package-contents.mjs` prints how much it is, and fails where it is too much, or not whole.
// Needs a build.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** In KiB and in files: what there is, and a tenth more. */
const LARGEST = { packed: 1000, unpacked: 4000, files: 600 };

const root = new URL("../", import.meta.url);

/** What `npm pack` would pack, and how much that is. */
export function packed() {
  // One command line, and a shell: npm is a command file on Windows.
  const output = execFileSync("npm pack --dry-run --json --ignore-scripts", {
    ...{ cwd: fileURLToPath(root), shell: true, encoding: "utf8" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files, size, unpackedSize }] = JSON.parse(output);
  return { paths: files.map(({ path }) => path), size, unpackedSize };
}

/** In words; throws where it is more than it may be. */
export function sizes({ paths, size, unpackedSize }, largest = LARGEST) {
  const [packed, unpacked] = [size, unpackedSize].map((bytes) => Math.ceil(bytes / 1024));
  const words =
    `${packed} KiB packed (of ${largest.packed}), ${unpacked} KiB unpacked (of ${largest.unpacked}), ` +
    `${paths.length} files (of ${largest.files})`;
  if (packed > largest.packed || unpacked > largest.unpacked || paths.length > largest.files) {
    throw new Error(`the package is too large: ${words}`);
  }
  return words;
}

/**
 * What should not be in the package, and what is missing in it.
 *
 * @param {readonly string[]} paths
 * @param manifest package.json
 * @param {(path: string) => string} read
 * @returns {string[]}
 */
export function objections(paths, manifest, read) {
  const files = new Set(paths);
  const strays = paths
    .filter((path) => /(^|\/)(test|bench|src|\.[^/]+)\/|\.test\.|\.map$|\.ts$(?<!\.d\.ts)/.test(path))
    .map((path) => `${path} should not be in it`);
  const entries = [manifest.exports, manifest.bin, manifest.man].flatMap(leaves);
  const missing = entries
    .map((path) => posix.normalize(path))
    .filter((path) => !files.has(path))
    .map((path) => `package.json names ${path}, which is not in it`);
  const usable = new Set([
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    ...builtinModules,
    manifest.name,
  ]);
  const dangling = paths
    .filter((path) => /\.(js|d\.ts)$/.test(path))
    .flatMap((path) => referencesIn(read(path)).map((target) => ({ path, target })))
    .filter(({ path, target }) =>
      target.startsWith(".")
        ? !files.has(posix.join(posix.dirname(path), target))
        : !usable.has(packageOf(target)),
    )
    .map(({ path, target }) => `${path} refers to ${target}, which is not there`);
  return [...strays, ...missing, ...dangling];
}

/** Modules, files beside it, and source maps that a text refers to. */
function referencesIn(text) {
  const modules = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const beside = [...text.matchAll(/new URL\("(\.[^"]+)", import\.meta\.url\)/g)].map(([, path]) => path);
  const maps = [...text.matchAll(/^\/\/# sourceMappingURL=(?!data:)(\S+)/gm)].map(([, path]) => `./${path}`);
  return [...modules, ...beside, ...maps];
}

/** `@scope/name/path` and `node:fs/promises` to what package.json calls it. */
function packageOf(specifier) {
  const path = specifier.replace(/^node:/, "");
  return builtinModules.includes(path) ? path : path.split("/", path.startsWith("@") ? 2 : 1).join("/");
}

/** The paths in `exports` and its like. */
function leaves(value) {
  return typeof value === "object" ? Object.values(value).flatMap(leaves) : [value];
}

export const readPacked = (path) => readFileSync(new URL(path, root), "utf8");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = JSON.parse(readPacked("package.json"));
  const contents = packed();
  const found = objections(contents.paths, manifest, readPacked);
  if (found.length > 0) throw new Error(found.join("\n"));
  console.log(`the package: ${sizes(contents)}`);
}
