import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/**
 * A file of this package, wherever below it the asking one was compiled or bundled to.
 *
 * @param path from the package's folder: `dist/cli.js`
 */
export function packageFile(path: string): URL {
  return new URL(path, pathToFileURL(createRequire(import.meta.url).resolve("codexcomp/package.json")));
}
