import type { Stats } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { TURN_FILE, REQUEST_FILE, CLIENT_FILE } from "../format.js";
import { UnreadableRecording, type Recording } from "../recording.js";
import { readHar } from "./har.js";
import { isSseFile, readSseFiles, seriesOf } from "./sseFiles.js";
import { readTurnFolder } from "./turnFolder.js";

/**
 * Loads recordings: folders that `--record` wrote (one turn, or all of them), SSE bodies (`*.sse`, `*.sse.txt`; those
 * named `...r1.sse`, `...r2.sse` are rounds of one turn) and HAR files.
 *
 * @returns them in order; those of a folder in order of their names, which is that of their times
 * @throws {UnreadableRecording} for a path where there is none
 */
export async function loadRecordings(paths: readonly string[]): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const load of await findRecordings(paths)) recordings.push(...(await load()));
  return recordings;
}

/** Loads the one recording at a path. @throws {UnreadableRecording} where there is none, or more than one */
export async function loadRecording(path: string): Promise<Recording> {
  const found = await findRecordings([path]);
  const [recording, ...others] = found.length === 1 ? await loadRecordings([path]) : [];
  if (recording && others.length === 0) return recording;
  const count = Math.max(found.length, others.length + 1);
  throw new UnreadableRecording(`${path}: there are ${count} recordings, name one`);
}

/** Loads the recordings of one folder, series or file. @throws {UnreadableRecording} */
export type LoadFound = () => Promise<Recording[]>;

/**
 * Finds recordings without loading them: there may be more than fit into memory.
 *
 * @throws {UnreadableRecording} for a path where there is none
 */
export async function findRecordings(paths: readonly string[]): Promise<LoadFound[]> {
  const sse = paths.filter(isSseFile);
  await Promise.all(sse.map(existing));
  const others = await Promise.all(paths.filter((path) => !isSseFile(path)).map(findAt));
  return [...others.flat(), ...inSeries(sse)];
}

async function findAt(path: string): Promise<LoadFound[]> {
  const found = await existing(path);
  if (found.isDirectory()) return findIn(path);
  if (/\.har$/i.test(path)) return [async () => readHar(await readFile(path, "utf8"), path)];
  throw new UnreadableRecording(`${path}: not a recording (a folder, *.sse, *.sse.txt or *.har)`);
}

async function findIn(path: string): Promise<LoadFound[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.map(({ name }) => name).sort();
  if (isTurn(names)) return [oneTurn(path)];
  const sse = names.filter(isSseFile);
  if (sse.length > 0) return inSeries(sse.map((name) => join(path, name)));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const turns: LoadFound[] = [];
  for (const name of folders.sort()) {
    // A folder among others that holds no turn is none of ours.
    if (isTurn(await readdir(join(path, name)))) turns.push(oneTurn(join(path, name)));
  }
  if (turns.length === 0) throw new UnreadableRecording(`${path}: there is no recording in it`);
  return turns;
}

/** A crash may have left any of a turn's files out. */
function isTurn(names: readonly string[]): boolean {
  return [TURN_FILE, REQUEST_FILE, CLIENT_FILE].some((name) => names.includes(name));
}

function oneTurn(path: string): LoadFound {
  return async () => [await readTurnFolder(path)];
}

function inSeries(paths: readonly string[]): LoadFound[] {
  return seriesOf(paths).map((series) => async () => [await readSseFiles(series)]);
}

async function existing(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UnreadableRecording(`${path}: there is no such file or folder`);
  return found;
}
