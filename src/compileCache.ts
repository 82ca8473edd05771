import { mkdirSync } from "node:fs";
import nodeModule from "node:module";
import { cacheFolder, type Variables } from "./service/places.js";

/**
 * Has Node keep what it compiles of the modules that are loaded from now on, for the next start. Node's own place for that
 * is under the folder for temporary files, where other users may have put something first: this is the user's own. Where
 * that cannot be written to, nothing is kept.
 */
export function keepCompiled(env: Variables): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown }; // Node 22.1 on
  if (!enableCompileCache) return;
  const folder = cacheFolder(env);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch {
    // It is only slower.
  }
}
