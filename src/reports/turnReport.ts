import type { Subject } from "rxjs";
import { heldItemTypes } from "../protocol/held.js";
import type { LiveDecision, Thinking } from "../protocol/liveOutput.js";
import { effortOf, type TurnRequest } from "../protocol/request.js";
import type { RoundEnd, TurnEnd, Verdict } from "../protocol/signals.js";
import { billedUsage, foldedUsage, responseOf, type Usage } from "../protocol/usage.js";
import { RoundRejected, UpstreamLost } from "../protocol/errors.js";
import type { Observe } from "../pipeline.js";
import { plainName } from "./plainName.js";
import { rateLimitsIn, rateLimitsOf, type RateLimit } from "./rateLimits.js";

/**
 * How a turn reached the client: `http` is a POST that streams, `json` one that does not, `bridge` WebSocket below and
 * POST above.
 */
export type TransportName = "http" | "json" | "websocket" | "bridge";

/** What is worth knowing of a round. Numbers and words of ours only, never content. */
export interface RoundReport {
  readonly round: number;
  readonly usage: Usage | undefined;
  /** The tier where the round ended on the fingerprint. */
  readonly tier: number | undefined;
  readonly verdict: Verdict;
  /** The reasoning items: how many, and how large. */
  readonly thinking: Thinking;
  /**
   * Whether tentative output went out live, and why; absent where the round could not be continued anyway, or nothing
   * can go out before the end.
   */
  readonly live: LiveDecision | undefined;
  /** Types of the items that were held. */
  readonly held: readonly string[];
  /** Seconds for which output was held; absent where none was. */
  readonly heldSeconds: number | undefined;
  /** Why the round failed: the HTTP status of a refusal, or the failure in words. */
  readonly failure: string | undefined;
  /** Seconds from the round's request to its end. */
  readonly seconds: number;
}

/**
 * How a turn ended for the client. `completed`: also where an operator ended the response early; `aborted`: the client
 * left; `lost`: the upstream died without a terminal.
 */
export type Outcome = "completed" | "failed" | "incomplete" | "error" | "rejected" | "lost" | "aborted";

/** What is worth knowing of a turn. Numbers and words of ours only, never content. */
export interface TurnReport {
  /** A short id for logs, unique within the process. */
  readonly id: string;
  /** When the request arrived, ISO 8601. */
  readonly time: string;
  readonly model: string;
  /** The request's `reasoning.effort`. */
  readonly effort: string | undefined;
  readonly transport: TransportName;
  readonly rounds: readonly RoundReport[];
  readonly outcome: Outcome;
  /**
   * Why the turn stopped where it did: a `FinalReason`; `ended_by_operator` where a user's operator ended it; `aborted`
   * where the client left.
   */
  readonly stop: string;
  /** What the client was told it used. */
  readonly usage: Usage | undefined;
  /** What the account paid: the sum over all rounds. */
  readonly billed: Usage;
  /** Seconds from the request to the first of the answer, or of a call, that went out; absent where none did. */
  readonly firstWordSeconds: number | undefined;
  /** Seconds from the request to the end of the turn. */
  readonly seconds: number;
  /** Seconds spent in continuations. */
  readonly addedSeconds: number;
}

/** What is known of a turn as it begins. */
export type TurnStart = Pick<TurnReport, "id" | "time" | "model" | "effort" | "transport">;

/** What a round is doing. `thinking`: also while nothing has come yet. */
export type Phase = "thinking" | "holding" | "writing";

/** What happens, as it happens. Logs, metrics and journals subscribe; the pipeline knows none of them. */
export type Report =
  | ({ readonly kind: "turn_started" } & TurnStart)
  /** Where a round goes over to something else, or begins. Round 1 begins with its turn. */
  | { readonly kind: "phase"; readonly id: string; readonly round: number; readonly phase: Phase }
  | { readonly kind: "round"; readonly id: string; readonly model: string; readonly report: RoundReport }
  | { readonly kind: "turn"; readonly report: TurnReport }
  | { readonly kind: "rate_limits"; readonly limits: readonly RateLimit[] }
  | { readonly kind: "notice"; readonly level: "error" | "warn" | "info" | "debug"; readonly text: string };

/** Follows one turn and reports it. */
export interface TurnRecorder {
  readonly id: string;
  /** For the pipeline's `observe`. */
  readonly observe: Observe;
  /** The response is over. Without a turn's end seen before, an operator ended it, or the failure tells the outcome. */
  finish(failure?: unknown): void;
  /** Nobody listens any more: the client left, unless the turn was over by then. */
  leave(): void;
}

let turns = 0;

/** Begins to follow a turn. */
export function recordTurn(
  request: Pick<TurnRequest, "model" | "json">,
  transport: TransportName,
  reports: Subject<Report>,
): TurnRecorder {
  const id = (++turns).toString(36).padStart(4, "0");
  const begun = performance.now();
  const time = new Date().toISOString();
  const model = plainName(request.model);
  const asked = effortOf(request);
  const effort = asked === undefined ? undefined : plainName(asked);
  const start: TurnStart = { id, time, model, effort, transport };
  const rounds: RoundReport[] = [];
  let roundBegun = begun;
  let holdBegun: number | undefined;
  let heldSeconds: number | undefined;
  let firstWordSeconds: number | undefined;
  /** Whether the last round that began is over. */
  let judged = false;
  let end: TurnEnd | undefined;
  let finished = false;
  reports.next({ kind: "turn_started", ...start });

  const report = (outcome: Outcome, stop: string): void => {
    if (finished) return;
    finished = true;
    const usages = rounds.map(({ usage }) => usage);
    const turn: TurnReport = {
      ...start,
      rounds,
      outcome,
      stop,
      usage:
        end?.released.usage &&
        (rounds.length > 1 ? foldedUsage(usages, end.released.usage) : end.released.usage),
      billed: billedUsage(usages),
      firstWordSeconds,
      seconds: secondsSince(begun),
      addedSeconds: round3(rounds.slice(1).reduce((sum, { seconds }) => sum + seconds, 0)),
    };
    reports.next({ kind: "turn", report: turn });
  };

  const enter = (phase: Phase): void => {
    // What is released when a round is over goes out behind it.
    if (!judged) reports.next({ kind: "phase", id, round: rounds.length + 1, phase });
  };
  const beginRound = (): void => {
    judged = false;
    enter("thinking");
  };
  const beginHold = (): void => {
    holdBegun = performance.now();
    enter("holding");
  };
  const firstWord = (): void => {
    firstWordSeconds ??= secondsSince(begun);
    enter("writing");
  };
  const endHold = (): void => {
    if (holdBegun !== undefined) heldSeconds = secondsSince(holdBegun);
    holdBegun = undefined;
  };
  const endRound = (end: RoundEnd): void => {
    endHold();
    judged = true;
    const report = {
      ...roundReport(end, secondsSince(roundBegun), heldSeconds),
      ...(transport === "json" && { live: undefined }),
    };
    roundBegun = performance.now();
    heldSeconds = undefined;
    rounds.push(report);
    reports.next({ kind: "round", id, model, report });
    tellRateLimits(reports, rateLimitsAtEnd(end));
  };

  return {
    id,
    observe: (signal) => {
      if (signal.kind === "first_word") firstWord();
      else if (signal.kind === "round_start") beginRound();
      else if (signal.kind === "hold_start") beginHold();
      else if (signal.kind === "hold_release") endHold();
      else if (signal.kind === "round_end") endRound(signal);
      else if (signal.kind === "turn_end") end = signal;
    },
    finish: (failure) => {
      if (end) report(outcomeOf(end, failure), end.reason);
      else if (failure === undefined) report("completed", "ended_by_operator");
      else report(outcomeOf(end, failure), "no_terminal");
    },
    leave: () => {
      if (end) report(outcomeOf(end), end.reason);
      else report("aborted", "aborted");
    },
  };
}

/**
 * The ids under which the client and the upstream know a fold's response, the same where round 1 was released.
 * `undefined` for a turn of one round.
 */
export function foldedIds({ rounds, released }: TurnEnd): { seen: string; released: string } | undefined {
  if (rounds.length === 1) return undefined;
  const [seen, last] = [rounds[0], released].map((round) => responseOf(round?.terminal)?.["id"]);
  return typeof seen === "string" && typeof last === "string" ? { seen, released: last } : undefined;
}

/** Reports rate limits, if any were told. */
export function tellRateLimits(reports: Subject<Report>, limits: readonly RateLimit[]): void {
  if (limits.length > 0) reports.next({ kind: "rate_limits", limits });
}

/** What a refusal says of rate limits: over HTTP in its headers, over WebSocket in an error frame's. */
function rateLimitsAtEnd({ failure, terminal }: RoundEnd): RateLimit[] {
  if (failure?.error instanceof RoundRejected) return rateLimitsIn(failure.error.answer.headers);
  return terminal ? rateLimitsOf(terminal) : [];
}

function roundReport(end: RoundEnd, seconds: number, heldSeconds: number | undefined): RoundReport {
  const { round, usage, tier, verdict, thinking, live } = end;
  return {
    round,
    usage,
    tier,
    verdict,
    thinking,
    live,
    held: heldItemTypes(end.held).map(plainName),
    heldSeconds,
    failure: failureOf(end),
    seconds,
  };
}

function failureOf({ failure, terminal }: RoundEnd): string | undefined {
  if (!failure) return terminal ? undefined : "ended without a terminal";
  const { error } = failure;
  if (error instanceof RoundRejected)
    return error.tooLong ? "more than may be collected" : `HTTP ${error.answer.status}`;
  // What a bug throws may quote what it was thrown over.
  return error instanceof UpstreamLost ? error.message : "failed";
}

function outcomeOf(end: TurnEnd | undefined, failure?: unknown): Outcome {
  const terminal = end?.released.terminal;
  if (terminal)
    return terminal.type === "error" ? "error" : (terminal.type.slice("response.".length) as Outcome);
  const cause = failure ?? end?.released.failure?.error;
  if (!(cause instanceof RoundRejected)) return "lost";
  // Nobody looked at it, but it went out.
  return cause.tooLong ? "completed" : "rejected";
}

function secondsSince(begun: number): number {
  return round3((performance.now() - begun) / 1000);
}

function round3(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
