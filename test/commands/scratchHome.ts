import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { onTestFinished } from "vitest";
import type { Environment } from "../../src/commands/command.js";

/** A home folder of a test's own. */
export interface ScratchHome {
  readonly path: string;
  /** An environment that knows no other place. */
  readonly env: Environment;
  write(name: string, content: string): Promise<string>;
  read(name: string): Promise<string>;
  /** Every file below the home, by its path from there, with slashes. */
  files(): Promise<string[]>;
}

/** Removed when the test is over. */
export async function scratchHome(): Promise<ScratchHome> {
  const path = await mkdtemp(join(tmpdir(), "codexcomp home "));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return {
    path,
    env: {
      HOME: path,
      PATH: process.env["PATH"],
      // Windows has these instead, and then keeps things in the same places.
      USERPROFILE: path,
      LOCALAPPDATA: join(path, ".local/state"),
      APPDATA: join(path, ".config"),
    },
    async write(name, content) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    read: (name) => readFile(join(path, name), "utf8"),
    async files() {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(path.length + 1)
            .replaceAll(sep, "/"),
        )
        .sort();
    },
  };
}
