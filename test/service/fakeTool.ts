import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** A program on `PATH` that writes down how it is called, and ends as told. */
export interface FakeTool {
  /** The `PATH` that finds it first. */
  readonly path: string;
  /** The calls so far, one line each. */
  calls(): Promise<string[]>;
}

/**
 * @param script shell commands that make its exit code and output; by default it succeeds silently
 */
export async function fakeTool(folder: string, name: string, script = "exit 0"): Promise<FakeTool> {
  const bin = join(folder, "fake bin");
  const log = join(folder, `${name}.calls`);
  await mkdir(bin, { recursive: true });
  await writeFile(log, "");
  await writeFile(join(bin, name), `#!/bin/sh\necho "$*" >>"${log}"\n${script}\n`);
  await chmod(join(bin, name), 0o755);
  return {
    path: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    calls: async () => (await readFile(log, "utf8")).split("\n").filter(Boolean),
  };
}
