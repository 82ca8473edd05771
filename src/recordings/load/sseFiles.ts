import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Recording } from "../recording.js";
import { madeUpRequest } from "./madeUpRequest.js";
import { readStream } from "./stream.js";

/** Files that are called `...r1.sse`, `...r2.sse.txt`, `round-3.sse` are rounds of one turn. */
const NUMBERED = /^(.*(?:round-|(?:^|[/\\_.-])r))(\d{1,4})(\.sse(?:\.txt)?)$/;

/** True for a file that is taken for an SSE body. */
export function isSseFile(name: string): boolean {
  return /\.sse(\.txt)?$/.test(name);
}

/** Parts SSE files into turns: those of one series are the rounds of one, in order of their numbers; any other is one. */
export function seriesOf(paths: readonly string[]): string[][] {
  const series = new Map<string, { readonly number: number; readonly path: string }[]>();
  for (const path of new Set(paths)) {
    const [, before, number, behind] = NUMBERED.exec(path) ?? [];
    const key = before === undefined ? path : `${before}*${behind}`;
    series.set(key, [...(series.get(key) ?? []), { number: Number(number), path }]);
  }
  return [...series.values()].map((files) =>
    files.sort((a, b) => a.number - b.number).map(({ path }) => path),
  );
}

/** Reads SSE bodies as the rounds of one turn. */
export async function readSseFiles(paths: readonly string[]): Promise<Recording> {
  const rounds = await Promise.all(paths.map(async (path) => readStream(await readFile(path, "utf8"))));
  const [first = ""] = paths;
  return {
    name: paths.length > 1 ? `${first} .. ${basename(paths.at(-1) ?? "")}` : first,
    source: "sse",
    request: madeUpRequest(rounds[0]),
    turn: undefined,
    fold: {},
    rounds,
    client: undefined,
    missing: [],
  };
}
