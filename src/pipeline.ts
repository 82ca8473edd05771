import {
  defer,
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
import { continuationBody } from "./protocol/continuation.js";
import type { ResponseEvent } from "./protocol/event.js";
import type { FoldOptions } from "./protocol/foldOptions.js";
import type { TurnRequest } from "./protocol/request.js";
import { decideLive, type LiveDecision, type Thinking } from "./protocol/liveOutput.js";
import { reasoningSizes } from "./protocol/reasoningSizes.js";
import { isEvent, type RoundEnd, type RoundSignal, type TurnSignal } from "./protocol/signals.js";
import { billedUsage } from "./protocol/usage.js";
import { whyNeverContinued } from "./protocol/verdict.js";

/**
 * Opens one round: all that the core asks of a transport.
 *
 * Subscribing sends the body; unsubscribing aborts the upstream. It errors with `RoundRejected` or `UpstreamLost`.
 */
export type OpenRound = (body: string) => Observable<ResponseEvent>;

/** Hears of what happens in a turn: its signals, never its events. */
export type Observe = (signal: Exclude<TurnSignal, ResponseEvent>) => void;

/** What surrounds a turn. */
export interface TurnHooks {
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
 * @param hooks who listens, and who remembers from turn to turn
 */
export function foldTurn(
  request: TurnRequest,
  openRound: OpenRound,
  options: FoldOptions,
  hooks: TurnHooks = {},
): Observable<ResponseEvent> {
  const openNext = (rounds: readonly RoundEnd[]): Observable<RoundSignal> =>
    defer(() => openRound(continuationBody(request, rounds, options.nudge))).pipe(
      roundOperators(request, rounds, options, hooks),
    );

  return defer(() => openRound(request.text)).pipe(
    roundOperators(request, [], options, hooks),
    continueRounds(openNext),
    observed(hooks.observe),
    keepAlive(options.keepAliveSeconds),
    foldTerminal(),
    renumber(),
  );
}

/** What every round goes through: judged at its end, and held until then. */
function roundOperators(
  request: TurnRequest,
  before: readonly RoundEnd[],
  options: FoldOptions,
  { liveLimit = reasoningSizes(options).limitFor }: TurnHooks,
): OperatorFunction<ResponseEvent, RoundSignal> {
  const round = before.length + 1;
  const usages = before.map(({ usage }) => usage);
  const barred = whyNeverContinued(request, usages, options);
  const limit = liveLimit(request.model);
  const afterStall = before.at(-1)?.verdict.reason === "stalled";
  const decide = (thinking: Thinking): LiveDecision => decideLive(thinking, { limit, afterStall });
  const billedBefore = billedUsage(usages).total;
  return pipe(
    detectFingerprint({ round, barred, billedBefore, fold: options }),
    holdTentative({ barred, maxHeldBytes: options.maxHeldBytes, decide }),
  );
}

function observed(observe: Observe = () => {}): MonoTypeOperatorFunction<TurnSignal> {
  return tap((signal) => {
    if (!isEvent(signal)) observe(signal);
  });
}
