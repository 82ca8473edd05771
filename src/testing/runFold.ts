import { concat, from, isObservable, map, of, tap, throwError, type Observable } from "rxjs";
import { UpstreamLost } from "../protocol/errors.js";
import { responseEvent, type JsonObject, type ResponseEvent } from "../protocol/event.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../protocol/foldOptions.js";
import { readRequest } from "../protocol/request.js";
import type { TurnEnd } from "../protocol/signals.js";
import { parseEvents } from "../operators/parseEvents.js";
import { foldTurn, type TurnHooks } from "../pipeline.js";
import type { WatchedTurn } from "./invariants/violations.js";

/**
 * One upstream round: what `round()` builds, events, an SSE body as text, or an Observable where time or an error
 * matters.
 */
export type RoundSource = readonly (string | ResponseEvent)[] | string | Observable<ResponseEvent>;

/** A turn as it was recorded, or made up. */
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
 * @param turn the rounds in the order in which they are asked for, or a whole recorded turn
 * @param options `{ maxContinue: 1 }`, `{ operators: { response: [mine] } }`, ...
 * @returns what the client gets
 * @throws the error with which the client's stream ended; `RangeError` when more rounds were asked for than given
 */
export async function runFold(
  turn: TurnSource | readonly RoundSource[],
  options: RunOptions = {},
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
  turn: TurnSource | readonly RoundSource[],
  options: RunOptions = {},
): Promise<FoldedTurn> {
  const { rounds: sources, request = REQUEST }: TurnSource = "rounds" in turn ? turn : { rounds: turn };
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
  const text = typeof request === "string" ? request : JSON.stringify(request);
  const observe: TurnHooks["observe"] = (signal) => {
    if (signal.kind === "turn_end") end = signal;
    options.observe?.(signal);
  };
  const fold = { ...DEFAULT_FOLD_OPTIONS, ...options };
  const events = foldTurn(readRequest(text), openRound, fold, { ...options, observe });
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
