import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { asObject, parseJsonObject } from "../../protocol/event.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../../protocol/foldOptions.js";
import { CLIENT_FILE, REQUEST_FILE, TURN_FILE, VERSION, roundFile, type TurnFile } from "../format.js";
import { UnreadableRecording, type RecordedRound, type Recording } from "../recording.js";
import { madeUpRequest } from "./madeUpRequest.js";
import { readStream } from "./stream.js";

/**
 * Reads a turn that was recorded by `--record`. What a crash left of it is read as far as it goes.
 *
 * @throws {UnreadableRecording} for another version of the format
 */
export async function readTurnFolder(path: string): Promise<Recording> {
  const text = (name: string): Promise<string | undefined> =>
    readFile(join(path, name), "utf8").catch(() => undefined);
  const missing: string[] = [];
  const lacks = (what: string): void => void missing.push(what);

  const turn = turnOf(await text(TURN_FILE), path);
  if (!turn) lacks(`${TURN_FILE} is not whole`);
  const written = await text(REQUEST_FILE);
  const isRequest = written !== undefined && parseJsonObject(written) !== undefined;
  if (!isRequest) lacks(`${REQUEST_FILE} is not whole`);

  const rounds: RecordedRound[] = [];
  const last = lastRound(await readdir(path));
  for (let number = 1; number <= last; number++) {
    const body = await text(roundFile(number));
    if (body === undefined) {
      lacks(`${roundFile(number)} is not there`);
      break;
    }
    const round = readStream(body);
    rounds.push(round);
    if (round.end?.how === "cut") lacks(`${roundFile(number)} ends before its round did`);
  }
  if (last === 0) lacks("no round was recorded");
  const body = await text(CLIENT_FILE);
  const client = body === undefined ? undefined : readStream(body);
  if (!client) lacks(`${CLIENT_FILE} is not there`);
  else if (client.end?.how === "cut") lacks(`${CLIENT_FILE} ends before the turn did`);

  return {
    name: path,
    source: "codexcomp",
    request: isRequest ? written : madeUpRequest(rounds[0], turn?.model),
    turn,
    fold: foldOf(turn),
    rounds,
    client,
    missing,
  };
}

function turnOf(text: string | undefined, path: string): TurnFile | undefined {
  const json = text === undefined ? undefined : parseJsonObject(text);
  if (!json) return undefined;
  const { format, version } = json;
  if (format !== "codexcomp-recording")
    throw new UnreadableRecording(`${path}: ${TURN_FILE} is not of a recording`);
  if (version !== VERSION)
    throw new UnreadableRecording(
      `${path}: the recording has version ${String(version)} of the format; this codexcomp reads ${VERSION}`,
    );
  return json as unknown as TurnFile;
}

/** Anybody may have written the file: what is not of an option's kind is left out. */
function foldOf(turn: TurnFile | undefined): Partial<FoldOptions> {
  const usual: Readonly<Record<string, unknown>> = { ...DEFAULT_FOLD_OPTIONS };
  const given = Object.entries(asObject(turn?.fold) ?? {});
  return Object.fromEntries(given.filter(([name, value]) => isLike(value, usual[name])));
}

function isLike(value: unknown, usual: unknown): boolean {
  if (Array.isArray(usual)) return Array.isArray(value) && value.every((each) => typeof each === "string");
  return typeof value === typeof usual;
}

function lastRound(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number(/^round-(\d{1,4})\.sse$/.exec(name)?.[1] ?? 0)));
}
