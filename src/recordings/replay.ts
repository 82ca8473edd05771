import { Readable } from "node:stream";
import { EMPTY, concat, concatMap, delay, from, map, of, throwError, type Observable } from "rxjs";
import { RoundRejected, UpstreamLost, type LossPhase } from "../protocol/errors.js";
import type { ResponseEvent } from "../protocol/event.js";
import { DEFAULT_FOLD_OPTIONS, type ContinueWhen, type FoldOptions } from "../protocol/foldOptions.js";
import { readRequest, type TurnRequest } from "../protocol/request.js";
import { foldTurn, type TurnHooks } from "../pipeline.js";
import type { RecordedEvent, RecordedRound, RecordedStream, Recording } from "./recording.js";

/** How fast events come: as fast as they can, or so many times as fast as they came. */
export type Speed = "max" | number;

/**
 * Runs a recorded turn through the pipeline, as the client would see it now.
 *
 * Everything that the turn depended on is as it was then; a `continueWhen` of the user's own is replaced by what it
 * said. Operators of the user's own are not in recordings: those given in `hooks` are used.
 *
 * @returns errors as the client's stream would; a round that was not recorded is a lost upstream
 */
export function replayTurn(
  recording: Recording,
  hooks: TurnHooks = {},
  speed: Speed = "max",
): Observable<ResponseEvent> {
  let asked = 0;
  const openRound = (): Observable<ResponseEvent> => {
    const round = recording.rounds[asked++];
    return round ? roundEvents(round, speed) : throwError(() => new RoundNotRecorded(asked));
  };
  const fold = replayOptions(recording);
  return foldTurn(replayRequest(recording), openRound, fold, { ...replayHooks(recording), ...hooks });
}

/** A continuation that was not asked for when the turn was recorded, or is lost. */
export class RoundNotRecorded extends UpstreamLost {
  constructor(round: number) {
    super(`round ${round} was not recorded`, "connect");
  }
}

export function replayRequest({ request, turn }: Recording): TurnRequest {
  return { ...readRequest(request), ...(turn?.history_unknown === true && { historyUnknown: true }) };
}

export function replayOptions({ fold, turn, rounds }: Recording): FoldOptions {
  const said = rounds.map(({ verdict }) => (verdict?.action === "continue" ? verdict.reason : ""));
  const continueWhen: ContinueWhen = ({ round }) => {
    const reason = said[round - 1] ?? "";
    return reason !== "fingerprint" && reason !== "stalled" && reason;
  };
  return { ...DEFAULT_FOLD_OPTIONS, ...fold, ...(turn?.continue_when === true && { continueWhen }) };
}

export function replayHooks({ turn }: Recording): TurnHooks {
  return turn ? { transport: turn.transport, liveLimit: () => turn.live_limit ?? undefined } : {};
}

/** A recorded round as the upstream would send it again. */
export function roundEvents(round: RecordedRound, speed: Speed = "max"): Observable<ResponseEvent> {
  const end = throwingEnd(round);
  return concat(paced(round, speed), end ? throwError(end) : EMPTY);
}

/** Events at their times, counted from when the stream was asked for. */
export function paced({ events, at: start = 0 }: RecordedRound, speed: Speed): Observable<ResponseEvent> {
  if (speed === "max") return from(events).pipe(map(({ event }) => event));
  const waits = pauses(events, start).map((seconds) => (1000 * seconds) / speed);
  return from(events).pipe(
    concatMap(({ event }, index) => {
      const wait = waits[index] ?? 0;
      return wait > 0 ? of(event).pipe(delay(wait)) : of(event);
    }),
  );
}

/** Seconds before each event. */
export function pauses(events: readonly RecordedEvent[], start: number): number[] {
  let last = start;
  return events.map(({ at = last }) => {
    const pause = Math.max(0, at - last);
    last = Math.max(last, at);
    return pause;
  });
}

/** The error that a round ended with. */
function throwingEnd({ end, head, body = "" }: RecordedRound): (() => Error) | undefined {
  if (end?.how === "completed") return undefined;
  if (end?.how === "refused")
    return () =>
      new RoundRejected({
        status: head?.status ?? 502,
        statusText: "",
        headers: head?.headers ?? [],
        body: Readable.from([Buffer.from(body)]),
      });
  return () => new UpstreamLost(reasonOf(end), phaseOf(end));
}

function reasonOf(end: RecordedStream["end"]): string {
  return end?.reason ?? "the recording ends here";
}

function phaseOf(end: RecordedStream["end"]): LossPhase {
  return end?.phase === "connect" || end?.phase === "timeout" ? end.phase : "stream";
}
