import { concat, from, isObservable, map, of, tap, throwError, type Observable } from "rxjs";
import type { CustomOperator } from "../operators/customOperators.js";
import { UpstreamLost } from "../protocol/errors.js";
import { responseEvent, type JsonObject, type ResponseEvent } from "../protocol/event.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../protocol/foldOptions.js";
import { readRequest, type TurnRequest } from "../protocol/request.js";
import type { TurnEnd } from "../protocol/signals.js";
import { parseEvents } from "../operators/parseEvents.js";
import { foldTurn, type TurnHooks } from "../pipeline.js";
import type { Recording } from "../recordings/recording.js";
import { replayHooks, replayOptions, replayRequest, roundEvents } from "../recordings/replay.js";
import type { WatchedTurn } from "./invariants/watchedTurn.js";

/**
 * One upstream round: what `round()` builds, events, an SSE body as text, or an Observable where time or an error
 * matters.
 */
export type RoundSource = readonly (string | ResponseEvent)[] | string | Observable<ResponseEvent>;

/** A turn that is made up. What {@link loadRecording} loads is one, too. */
export interface TurnSource {
  /** The client's request body. Default: a small one that asks for encrypted reasoning. */
  readonly request?: string | JsonObject;
  /** What the upstream answers, round by round. */
  readonly rounds: readonly RoundSource[];
}

/** A {@link WatchedTurn} with all that {@link watchFold} knows of it. */
export interface FoldedTurn extends WatchedTurn {
  /** The request bodies that went upstream. */
  readonly bodies: readonly string[];
  /** The turn's outcome; absent when it never came to one. */
  readonly end: TurnEnd | undefined;
}

/** What the fold may do, where it is not the default, and what surrounds the turn: users' operators, for example. */
export type RunOptions = Partial<FoldOptions> & TurnHooks;

/** A recording, a turn that is made up, or its rounds alone. */
export type AnyTurn = Recording | TurnSource | readonly RoundSource[];

const REQUEST: JsonObject = {
  model: "gpt-5.5",
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "How many?" }] }],
  reasoning: { effort: "high" },
  include: ["reasoning.encrypted_content"],
  store: false,
  stream: true,
};

/**
 * Runs upstream rounds through the pipeline.
 *
 * @example await runFold([round().reasoning(516).message("29").completed(), round().reasoning(300).message("21").completed()])
 * @example await runFold(await loadRecording("test/recordings/stuck"), [mine])
 * @param turn the rounds in the order in which they are asked for; a recorded turn, with the options of its time
 * @param options `{ maxContinue: 1 }`, `{ operators: { round: [mine] } }`, ...; a list is response operators
 * @returns what the client gets
 * @throws the error with which the client's stream ended; `RangeError` when more rounds were asked for than given
 */
export async function runFold(
  turn: AnyTurn,
  options: RunOptions | readonly CustomOperator[] = {},
): Promise<readonly ResponseEvent[]> {
  const { client, ...rest } = await watchFold(turn, options);
  if ("clientError" in rest) throw rest.clientError;
  return client;
}

/**
 * Runs upstream rounds through the pipeline and keeps both sides.
 *
 * @throws `RangeError` when more rounds were asked for than given
 */
export async function watchFold(
  turn: AnyTurn,
  options: RunOptions | readonly CustomOperator[] = {},
): Promise<FoldedTurn> {
  const { sources, request, ...usual } = readTurn(turn);
  const given: RunOptions = isList(options) ? { operators: { response: options } } : options;
  const rounds: ResponseEvent[][] = [];
  const bodies: string[] = [];
  const client: ResponseEvent[] = [];
  const errors: { clientError?: unknown; upstreamError?: unknown } = {};
  let end: TurnEnd | undefined;
  let missing: RangeError | undefined;

  const openRound = (body: string): Observable<ResponseEvent> => {
    const source = sources[bodies.length];
    bodies.push(body);
    if (source === undefined) {
      missing = new RangeError(`round ${bodies.length} was asked for, but only ${sources.length} given`);
      return throwError(() => missing);
    }
    const seen: ResponseEvent[] = [];
    rounds.push(seen);
    const isFirst = rounds.length === 1;
    return eventsOf(source).pipe(
      tap({
        next: (event) => seen.push(event),
        error: (error: unknown) => isFirst && (errors.upstreamError = error),
      }),
    );
  };
  const observe: TurnHooks["observe"] = (signal) => {
    if (signal.kind === "turn_end") end = signal;
    given.observe?.(signal);
  };
  const fold = { ...usual.fold, ...given };
  const events = foldTurn(request, openRound, fold, { ...usual.hooks, ...given, observe });
  await new Promise<void>((resolve) =>
    events.subscribe({
      next: (event) => client.push(event),
      error: (error: unknown) => {
        errors.clientError = error;
        resolve();
      },
      complete: resolve,
    }),
  );
  if (missing) throw missing;
  return { client, rounds, bodies, end, liveMessages: fold.hold === "adaptive", ...errors };
}

interface ReadTurn {
  readonly sources: readonly RoundSource[];
  readonly request: TurnRequest;
  readonly fold: FoldOptions;
  readonly hooks: TurnHooks;
}

function readTurn(turn: AnyTurn): ReadTurn {
  if (isRecording(turn)) {
    return {
      sources: turn.rounds.map((round) => roundEvents(round)),
      request: replayRequest(turn),
      fold: replayOptions(turn),
      hooks: replayHooks(turn),
    };
  }
  const { rounds, request = REQUEST }: TurnSource = "rounds" in turn ? turn : { rounds: turn };
  const text = typeof request === "string" ? request : JSON.stringify(request);
  return { sources: rounds, request: readRequest(text), fold: DEFAULT_FOLD_OPTIONS, hooks: {} };
}

function isRecording(turn: AnyTurn): turn is Recording {
  return "missing" in turn;
}

function isList(options: RunOptions | readonly CustomOperator[]): options is readonly CustomOperator[] {
  return Array.isArray(options);
}

/** The round with its stream dying behind its last event. @param error default: a reset connection */
export function lost(
  source: RoundSource,
  error: unknown = new UpstreamLost("connection reset", "stream"),
): Observable<ResponseEvent> {
  return concat(
    eventsOf(source),
    throwError(() => error),
  );
}

/** The events of a round. */
export function eventsOf(source: RoundSource): Observable<ResponseEvent> {
  if (isObservable(source)) return source;
  if (typeof source === "string") return of(source).pipe(parseEvents());
  return from(source).pipe(map((event) => (typeof event === "string" ? responseEvent(event) : event)));
}
