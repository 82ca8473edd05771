/**
 * codexcomp as a library: the proxy and its pipeline as functions, every operator on its own, and what operators of
 * your own need.
 *
 * @module codexcomp
 */

// The proxy, and the pipeline without one.
export { createProxy } from "./library/createProxy.js";
export { foldTurn } from "./library/foldTurn.js";
export { foldResponse } from "./library/foldResponse.js";
export { defineConfig, type Config, type FoldSettings, type ProxySettings } from "./options/settings.js";
export { InvalidOption } from "./options/validate.js";
export type { Proxy } from "./transport/proxy.js";
export type { Counters, Health } from "./transport/health.js";
export type { Observe, OpenRound, TurnHooks } from "./pipeline.js";
export type {
  Outcome,
  Phase,
  Report,
  RoundReport,
  TransportName,
  TurnReport,
  TurnStart,
} from "./reports/turnReport.js";
export type { RateLimit, RateLimitWindow } from "./reports/rateLimits.js";
export { InvalidRequest, RoundRejected, UpstreamLost } from "./protocol/errors.js";
export type { Answer, LossPhase, RawHeaders } from "./protocol/errors.js";

// Operators, in the pipeline's order.
export { parseEvents } from "./operators/parseEvents.js";
export { NoResponse, parseResponse } from "./operators/parseResponse.js";
export { detectFingerprint, type DetectOptions } from "./operators/detectFingerprint.js";
export { holdTentative, type HoldOptions } from "./operators/holdTentative.js";
export { continueRounds, type OpenNext } from "./operators/continueRounds.js";
export { settleRounds } from "./operators/settleRounds.js";
export { keepAlive } from "./operators/keepAlive.js";
export { foldTerminal } from "./operators/foldTerminal.js";
export { renumber } from "./operators/renumber.js";
export { collectResponse } from "./operators/collectResponse.js";
export { customOperators, type CustomOperator, type OperatorContext } from "./operators/customOperators.js";
export type { UserOperatorHooks, UserOperators } from "./operators/userOperators.js";
export { guardOperator } from "./operators/guardOperator.js";
export { emitEach } from "./operators/emitEach.js";

// Events: reading and changing them.
export {
  responseEvent,
  withData,
  type Framing,
  type JsonObject,
  type ResponseEvent,
} from "./protocol/event.js";
export { isItemAdded, isItemDone, isLifecycle, isOrdered, isTerminal } from "./protocol/event.js";
export { withOutputText } from "./protocol/outputText.js";
export { withValue } from "./protocol/withValue.js";
export { editJson, sliceJson, type JsonEdit } from "./protocol/jsonText.js";
export { encryptedContent, itemOf, itemType } from "./protocol/items.js";
export { isClientAction, isHostedTool, isReasoning, isTentative } from "./protocol/items.js";
export { billedUsage, foldedUsage, responseOf, toWireUsage, usageOf, type Usage } from "./protocol/usage.js";

// The fold's words, and the pure functions behind its operators.
export {
  isEvent,
  type RoundEnd,
  type RoundSignal,
  type TurnEnd,
  type TurnSignal,
} from "./protocol/signals.js";
export type {
  FinalReason,
  FirstWord,
  HoldRelease,
  HoldStart,
  RoundStart,
  Verdict,
} from "./protocol/signals.js";
export { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "./protocol/foldOptions.js";
export { matchesGlob } from "./protocol/globs.js";
export type { ContinueWhen, FinishedRound, Nudge } from "./protocol/foldOptions.js";
export { tierOf, tokensOfTier } from "./protocol/fingerprint.js";
export { judge, whyNeverContinued, type RoundFacts } from "./protocol/verdict.js";
export { continuationBody } from "./protocol/continuation.js";
export { readRequest, type TurnRequest } from "./protocol/request.js";
export { decideLive, type LiveDecision, type LiveRules, type Thinking } from "./protocol/liveOutput.js";
export type { ModelSizes } from "./protocol/reasoningSizes.js";
