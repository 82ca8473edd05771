/**
 * The testing kit: a simulated upstream, and builders of the rounds it answers with.
 *
 * @module codexcomp/testing
 */
export { round, type EndOptions, type Round, type RoundBuilder, type RoundOptions } from "./rounds/round.js";
export type { RoundContext } from "./rounds/roundContext.js";
export type {
  CallOptions,
  CompactionOptions,
  MessageOptions,
  ReasoningOptions,
  WebSearchOptions,
} from "./rounds/items.js";
export {
  openThought,
  sealThought,
  sizeOfThought,
  type SealOptions,
  type Thought,
} from "./encryptedContent.js";
export { simulatedUpstream, type SimulatedUpstream } from "./upstream/simulatedUpstream.js";
export { echoTurnId, type Script, type SimulatedUpstreamOptions } from "./upstream/options.js";
export {
  apiError,
  reply,
  type Answer,
  type Delivery,
  type DeliveryOptions,
  type Fault,
  type Headers,
  type Reply,
} from "./upstream/answer.js";
export type { HttpCall } from "./upstream/journal.js";
export type { UpstreamFrame } from "./upstream/frames.js";
export type { UpstreamSocket } from "./upstream/upstreamSocket.js";
export type { Backend, Outcome, UpstreamRequest } from "./upstream/request.js";
export { truncatingModel, type Act, type ModelStep, type TruncatingModelOptions } from "./truncatingModel.js";
export { marbles } from "./marbles.js";
export { operatorContext } from "./operatorContext.js";
export {
  comment,
  completed,
  created,
  delta,
  event,
  failed,
  functionCall,
  inProgress,
  incomplete,
  itemAdded,
  itemDone,
  message,
  rateLimits,
  reasoning,
  summaryDelta,
  webSearch,
  type CompletedOptions,
} from "./events.js";
export {
  eventsOf,
  runFold,
  watchFold,
  type AnyTurn,
  type FoldedTurn,
  type RoundSource,
  type RunOptions,
  type TurnSource,
} from "./runFold.js";
export { loadRecording, loadRecordings } from "../recordings/load/loadRecordings.js";
export {
  UnreadableRecording,
  type RecordedEvent,
  type RecordedRound,
  type RecordedStream,
  type Recording,
} from "../recordings/recording.js";
export type { EndNote, KeptHeaders, TurnFile, VerdictNote } from "../recordings/format.js";
export { oneResponseProblems } from "./invariants/oneResponse.js";
export { violations } from "./invariants/violations.js";
export type { WatchedTurn } from "./invariants/watchedTurn.js";
