import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "../../evaluation/rehearsal/worlds.js";
import { keyOf, type RunName } from "../../evaluation/plan.js";
import { readResults, type RunResult } from "../../evaluation/results.js";

/** Where results are kept. */
export interface ResultsFile {
  readonly path: string;
  /** What is known so far, by `keyOf`; grows. */
  readonly known: ReadonlyMap<string, RunResult>;
  /** Keeps a result. @throws Error where it cannot be written */
  add(result: RunResult): Promise<void>;
  /** Keeps what a run printed. @throws Error */
  addTranscript(name: RunName, transcript: string): Promise<void>;
}

/**
 * Opens the file of a folder, made where it is missing.
 *
 * @param rehearsal the world of a rehearsal: its results and real ones never count for each other
 * @throws Error where it cannot be read or made
 */
export async function openResults(folder: string, rehearsal: World | undefined): Promise<ResultsFile> {
  const path = join(folder, "results.jsonl");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  // A torn last line must not take the next result with it.
  if (text !== "" && !text.endsWith("\n")) await appendFile(path, "\n");
  const known = readResults(text, rehearsal);
  return {
    path,
    known,
    add: async (result) => {
      await appendFile(path, `${JSON.stringify(result)}\n`, { mode: 0o600 });
      known.set(keyOf(result), result);
    },
    addTranscript: async (name, transcript) => {
      const { model, effort, task, seed, difficulty, arm } = name;
      const file = [model, effort, task, seed, difficulty, arm].join("-").replace(/[^\w.-]/g, "_");
      await mkdir(join(folder, "transcripts"), { recursive: true, mode: 0o700 });
      await writeFile(join(folder, "transcripts", `${file}.jsonl`), transcript, { mode: 0o600 });
    },
  };
}
