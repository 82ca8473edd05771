import {
  defer,
  identity,
  map,
  pipe,
  tap,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from "rxjs";
import { continueRounds } from "./operators/continueRounds.js";
import { detectFingerprint } from "./operators/detectFingerprint.js";
import { foldTerminal } from "./operators/foldTerminal.js";
import { holdTentative } from "./operators/holdTentative.js";
import { keepAlive } from "./operators/keepAlive.js";
import { renumber } from "./operators/renumber.js";
import { userFunctions } from "./operators/userFunctions.js";
import { userOperators, type UserOperatorHooks } from "./operators/userOperators.js";
import { addedItems, continuationBody } from "./protocol/continuation.js";
import type { ResponseEvent } from "./protocol/event.js";
import type { FoldOptions } from "./protocol/foldOptions.js";
import { effortOf, type TurnRequest } from "./protocol/request.js";
import { isOfTentative } from "./protocol/items.js";
import { decideLive } from "./protocol/liveOutput.js";
import { reasoningSizes } from "./protocol/reasoningSizes.js";
import {
  final,
  isEvent,
  type FirstWord,
  type RoundEnd,
  type RoundSignal,
  type TurnSignal,
} from "./protocol/signals.js";
import { billedUsage } from "./protocol/usage.js";
import { hasRoom, whyNeverContinued } from "./protocol/verdict.js";

/**
 * Opens one round: all that the core asks of a transport.
 *
 * Subscribing sends the body; unsubscribing aborts the upstream. It errors with `RoundRejected` or `UpstreamLost`.
 */
export type OpenRound = (body: string) => Observable<ResponseEvent>;

/** Hears of what happens in a turn: its signals, never its events. */
export type Observe = (signal: Exclude<TurnSignal, ResponseEvent> | FirstWord) => void;

/** What surrounds a turn. */
export interface TurnHooks extends UserOperatorHooks {
  readonly observe?: Observe;
  /** Bytes under which the model's thought was not cut; `undefined`: hold. Default: by the options alone. */
  readonly liveLimit?: (model: string) => number | undefined;
}

/**
 * The whole program: one turn, from the client's request to the one response that the client sees.
 *
 * @param request the client's request, as round 1 sends it
 * @param openRound the transport
 * @param options what the fold may do
 * @param hooks who listens, who remembers from turn to turn, and users' operators
 */
export function foldTurn(
  request: TurnRequest,
  openRound: OpenRound,
  options: FoldOptions,
  hooks: TurnHooks = {},
): Observable<ResponseEvent> {
  return defer(() => {
    const users = userOperators(request, hooks);
    const fold = userFunctions(options, hooks.log);

    const round = (before: readonly RoundEnd[], body: () => string): Observable<RoundSignal> =>
      defer(() => openRound(body())).pipe(
        users.ofRound(before.length + 1),
        judgeAndHold(request, before, fold, hooks),
      );

    return round([], () => request.text).pipe(
      continueRounds((rounds) => round(rounds, () => continuationBody(request, rounds, fold.nudge))),
      observed(hooks.observe),
      keepAlive(fold.keepAliveSeconds),
      foldTerminal(),
      renumber(),
      users.ofResponse(),
    );
  });
}

/** What every round goes through: judged at its end, and held until then. */
function judgeAndHold(
  request: TurnRequest,
  before: readonly RoundEnd[],
  fold: FoldOptions,
  { liveLimit = reasoningSizes(() => fold).limitFor }: TurnHooks,
): OperatorFunction<ResponseEvent, RoundSignal> {
  const usages = before.map(({ usage }) => usage);
  const barred = whyNeverContinued(request, usages, fold);
  const facts = { round: before.length + 1, model: request.model, effort: effortOf(request) };
  // Sizes tell of the fingerprint only: a user's own verdict may fall on any round.
  const limit = fold.continueWhen ? undefined : liveLimit(request.model);
  const rules = { limit, round: facts.round, afterStall: before.at(-1)?.verdict.reason === "stalled" };
  return pipe(
    detectFingerprint({ ...facts, barred, billedBefore: billedUsage(usages).total, fold }),
    holdTentative({
      barred,
      maxHeldBytes: fold.maxHeldBytes,
      ...(fold.hold === "adaptive" && { decide: (thinking) => decideLive(thinking, rules) }),
    }),
    // Only WebSocket has frames: events of a POST do not pass here.
    request.frame
      ? map((signal) => withinFrame(signal, request, before, fold))
      : identity<Observable<RoundSignal>>,
  );
}

/** Nothing is continued in a frame that the upstream would close the connection on. */
function withinFrame(
  signal: RoundSignal,
  request: TurnRequest,
  before: readonly RoundEnd[],
  { nudge }: FoldOptions,
): RoundSignal {
  if (!request.frame || signal.kind !== "round_end" || signal.verdict.action !== "continue") return signal;
  const added = addedItems(request, [...before, signal], nudge);
  const bytes = added.reduce((sum, item) => sum + Buffer.byteLength(item) + 1, 0);
  return hasRoom(request, bytes) ? signal : { ...signal, verdict: final("frame_limit") };
}

/** Once a round's first word is out, an event costs nothing here. */
function observed(observe: Observe = () => {}): MonoTypeOperatorFunction<TurnSignal> {
  let silent = true;
  return tap((signal) => {
    if (!isEvent(signal)) {
      if (signal.kind === "round_start") silent = true;
      return observe(signal);
    }
    if (!silent || !isOfTentative(signal)) return;
    silent = false;
    observe({ kind: "first_word" });
  });
}
