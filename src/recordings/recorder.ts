import { Transform, pipeline } from "node:stream";
import { catchError, defer, throwError, type MonoTypeOperatorFunction, type Observable } from "rxjs";
import { RoundRejected, UpstreamLost, type Answer, type RawHeaders } from "../protocol/errors.js";
import type { ResponseEvent } from "../protocol/event.js";
import { frame } from "../protocol/frame.js";
import { heldItemTypes } from "../protocol/held.js";
import { header } from "../protocol/rawHeaders.js";
import type { RoundEnd } from "../protocol/signals.js";
import type { Observe } from "../pipeline.js";
import { appender, type FolderAppender } from "./appender.js";
import { howEnded } from "./compare.js";
import {
  CLIENT_FILE,
  REQUEST_FILE,
  TURN_FILE,
  arrivalText,
  noteText,
  roundFile,
  type EndNote,
  type Notes,
} from "./format.js";
import { keptHeaders } from "./keptHeaders.js";
import { recordEvents, type EventListener, type StreamEnd } from "./recordEvents.js";
import { privacy, type Privacy } from "./redaction/privacy.js";
import { turnFile, type TurnAbout } from "./turnFile.js";

/** Records turns, each into a folder of its own (docs/recordings.md). */
export interface Recorder {
  begin(turn: TurnAbout): Tape;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
}

/** Opens a round, and tells of its answer's head before its first event. */
export type OpenHeadedRound = (
  body: string,
  onHead?: (head: Pick<Answer, "status" | "headers">) => void,
) => Observable<ResponseEvent>;

/** The recording of one turn. */
export interface Tape {
  /** Records the rounds as they come. */
  rounds(openRound: OpenHeadedRound): (body: string) => Observable<ResponseEvent>;
  /** Records the verdicts. */
  readonly observe: Observe;
  /** Records what the client gets. */
  response(): MonoTypeOperatorFunction<ResponseEvent>;
}

export interface RecorderOptions {
  /** Made where it is missing. */
  readonly folder: string;
  /** Replaces texts by filler. */
  readonly redact: boolean;
  /** Told why recordings cannot be written, each cause once. */
  readonly onLoss: (reason: string) => void;
  /** The most that may wait for the disk, in bytes. */
  readonly maxWaiting?: number;
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { folder, redact, onLoss, maxWaiting = 32 * 1024 * 1024 } = options;
  const files = appender({ maxWaiting, onLoss });
  const hide = privacy(redact);
  return {
    begin: (turn) => {
      const time = new Date();
      const name = `${time.toISOString().replace(/[:.]/g, "-")}-${turn.id}-${process.pid}`;
      const written = files.folder(`${folder}/${name}`);
      const { text } = turn.request;
      written.append(TURN_FILE, 1024, () => turnFile(turn, time, redact, hide));
      written.append(REQUEST_FILE, text.length, () => hide.text(text));
      return tape(written, hide);
    },
    close: files.close,
  };
}

function tape(files: FolderAppender, hide: Privacy): Tape {
  const begun = performance.now();
  const now = (): number => Math.round(performance.now() - begun) / 1000;
  let rounds = 0;
  let stop: string | undefined;

  const note = <K extends keyof Notes>(file: string, kind: K, given: Notes[K]): void =>
    files.append(file, 500, () => noteText(kind, given));
  const headOf = (file: string, { status, headers }: Pick<Answer, "status" | "headers">): void =>
    note(file, "head", { at: now(), status, headers: keptHeaders(headers) });

  const listener = (file: string, ended: (end: StreamEnd) => EndNote): EventListener => ({
    event: (event) => {
      const at = arrivalText(now(), event.framing?.repeated === true);
      files.append(file, event.data.length + 100, () => at + frame(hide.event(event)));
    },
    end: (end) => note(file, "end", ended(end)),
  });

  /** The answer, its body recorded as whoever it is for reads it. */
  const refused = (file: string, answer: Answer): Answer => {
    headOf(file, answer);
    return {
      ...answer,
      body: copied(answer, (text, cut) =>
        files.append(file, text.length, () =>
          noteText("body", { text: hide.text(text), ...(cut && { cut }) }),
        ),
      ),
    };
  };

  return {
    rounds: (openRound) => (body) =>
      defer(() => {
        const round = ++rounds;
        const file = roundFile(round);
        note(file, "round", { at: now(), round, body_bytes: Buffer.byteLength(body) });
        return openRound(body, (head) => headOf(file, head)).pipe(
          catchError((error: unknown) =>
            throwError(() =>
              error instanceof RoundRejected
                ? new RoundRejected(refused(file, error.answer), error.tooLong)
                : error,
            ),
          ),
          recordEvents(listener(file, (end) => endNote(now(), end))),
        );
      }),
    observe: (signal) => {
      if (signal.kind === "round_end") note(roundFile(signal.round), "verdict", verdictNote(now(), signal));
      if (signal.kind === "turn_end") stop = signal.reason;
    },
    response: () =>
      recordEvents(
        listener(CLIENT_FILE, (end) => ({ ...endNote(now(), end), ...(stop !== undefined && { stop }) })),
      ),
  };
}

function verdictNote(at: number, { verdict, tier, usage, held }: RoundEnd): Notes["verdict"] {
  return { at, ...verdict, tier: tier ?? null, usage: usage ?? null, held: heldItemTypes(held) };
}

function endNote(at: number, end: StreamEnd): EndNote {
  if (end.how !== "error") return { at, how: end.how };
  const { error } = end;
  const how = howEnded(error);
  if (how === "refused") return { at, how };
  if (error instanceof UpstreamLost) return { at, how, phase: error.phase, reason: error.message };
  return { at, how, reason: error instanceof Error ? error.name : typeof error };
}

/** The most that is kept of a refusal's body, in bytes. */
const MOST_OF_BODY = 64 * 1024;

/** The answer's body, which is told when it is over. */
function copied({ body, headers }: Answer, onBody: (text: string, cut: boolean) => void): Transform {
  const chunks: Buffer[] = [];
  let size = 0;
  const copy = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      if (size < MOST_OF_BODY) chunks.push(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  // A continuation's refusal is read by nobody, and given up.
  copy.on("error", () => {});
  pipeline(body, copy, (error) => {
    const bytes = isPlain(headers) ? Buffer.concat(chunks).subarray(0, MOST_OF_BODY) : Buffer.alloc(0);
    onBody(bytes.toString(), Boolean(error) || bytes.length < size);
  });
  return copy;
}

function isPlain(headers: RawHeaders): boolean {
  return header(headers, "content-encoding") === undefined;
}
