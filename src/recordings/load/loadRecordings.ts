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
  const sse = paths.filter(isSseFile);
  const others = paths.filter((path) => !isSseFile(path));
  const found = await Promise.all([...others.map(readPath), ...seriesOf(sse).map(readSseSeries)]);
  return found.flat();
}

/** Loads the one recording at a path. @throws {UnreadableRecording} where there is none, or more than one */
export async function loadRecording(path: string): Promise<Recording> {
  const [recording, ...others] = await loadRecordings([path]);
  if (!recording || others.length > 0)
    throw new UnreadableRecording(`${path}: there are ${others.length + 1} recordings, name one`);
  return recording;
}

async function readPath(path: string): Promise<Recording[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UnreadableRecording(`${path}: there is no such file or folder`);
  if (found.isDirectory()) return readFolder(path);
  if (/\.har$/i.test(path)) return readHar(await readFile(path, "utf8"), path);
  throw new UnreadableRecording(`${path}: not a recording (a folder, *.sse, *.sse.txt or *.har)`);
}

async function readFolder(path: string): Promise<Recording[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.map(({ name }) => name).sort();
  if ([TURN_FILE, REQUEST_FILE, CLIENT_FILE].some((name) => names.includes(name)))
    return [await readTurnFolder(path)];
  const sse = names.filter(isSseFile);
  if (sse.length > 0) return readSse(sse.map((name) => join(path, name)));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const turns = await Promise.all(folders.sort().map((name) => readTurns(join(path, name))));
  const all = turns.flat();
  if (all.length === 0) throw new UnreadableRecording(`${path}: there is no recording in it`);
  return all;
}

/** A folder among others: one that holds no turn is none of ours. */
async function readTurns(path: string): Promise<Recording[]> {
  const names = await readdir(path);
  return names.includes(TURN_FILE) || names.includes(REQUEST_FILE) ? [await readTurnFolder(path)] : [];
}

async function readSse(paths: readonly string[]): Promise<Recording[]> {
  return (await Promise.all(seriesOf(paths).map(readSseSeries))).flat();
}

async function readSseSeries(paths: readonly string[]): Promise<Recording[]> {
  try {
    return [await readSseFiles(paths)];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnreadableRecording(`${paths[0]}: ${code === "ENOENT" ? "there is no such file" : message}`);
  }
}
