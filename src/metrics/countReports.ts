import type { Observable } from "rxjs";
import { billedUsage } from "../protocol/usage.js";
import type { RateLimit, RateLimitWindow } from "../reports/rateLimits.js";
import type { Report, RoundReport, TurnReport } from "../reports/turnReport.js";
import { packageVersion } from "../version.js";
import { bounded } from "./bounded.js";
import { METRICS, type MetricDefinition } from "./definitions.js";
import { counter, histogram, type Labels, type Sample } from "./tally.js";

/** A metric and what it says now. */
export interface MetricNow {
  readonly metric: MetricDefinition;
  readonly samples: readonly Sample[];
}

/** What only somebody else knows, at the time of asking. */
export interface Momentary {
  readonly openTurns: number;
  readonly openConnections: { readonly http: number; readonly websocket: number };
  /** Of the last 24 hours, where they are limited. */
  readonly extraTokens?: { readonly spent: number; readonly limit: number } | undefined;
}

/** What has been counted so far. */
export interface Counted {
  /** @param now in milliseconds since 1970 */
  metrics(momentary: Momentary, now: number): MetricNow[];
}

const MOST_MODELS = 50;
const MOST_LIMITS = 10;

/** Words that a verdict may have for `continue`; any other is of a user's own making. */
const CONTINUE_REASONS: ReadonlySet<string> = new Set(["fingerprint", "stalled"]);

/**
 * Counts what is reported, from now on. It costs a few additions a round; the format is the scrape's to make.
 *
 * @param instance what this proxy is called. The label is `name`, for Prometheus has an `instance` of its own.
 */
export function countMetrics(reports: Observable<Report>, instance?: string): Counted {
  const counters = {
    turns: counter(),
    folds: counter(),
    rounds: counter(),
    truncated: counter(),
    decided: counter(),
    missed: counter(),
    tokens: counter(),
    turnSeconds: histogram(METRICS.turnSeconds.buckets),
    firstWordSeconds: histogram(METRICS.firstWordSeconds.buckets),
    holdSeconds: histogram(METRICS.holdSeconds.buckets),
  };
  const nameOf = bounded(MOST_MODELS);
  const limits = new Map<string, RateLimit>();
  const limitOf = bounded(MOST_LIMITS);

  const countRound = (name: string, round: RoundReport): void => {
    const { verdict, live, tier, heldSeconds } = round;
    const model = nameOf(name || "unknown");
    counters.rounds.add({ model, verdict: verdict.action, reason: reasonOf(round) }, 1);
    if (tier !== undefined) counters.truncated.add({ model }, 1);
    if (live) counters.decided.add({ model, output: live.live ? "live" : "held" }, 1);
    if (live?.live && tier !== undefined) counters.missed.add({ model }, 1);
    if (heldSeconds !== undefined) counters.holdSeconds.add({ model }, heldSeconds);
  };
  const countTurn = (turn: TurnReport): void => {
    const { transport, outcome, stop, rounds, firstWordSeconds, seconds } = turn;
    const model = nameOf(turn.model || "unknown");
    counters.turns.add({ model, transport, outcome }, 1);
    if (rounds.length > 1) counters.folds.add({ model, stop }, 1);
    for (const [kind, tokens] of Object.entries(tokensOf(turn))) counters.tokens.add({ model, kind }, tokens);
    counters.turnSeconds.add({ model }, seconds);
    if (firstWordSeconds !== undefined) counters.firstWordSeconds.add({ model }, firstWordSeconds);
  };
  /** A refusal may speak of one window only. */
  const keepLimit = ({ limit: name, primary, secondary }: RateLimit): void => {
    const limit = limitOf(name);
    const known = limits.get(limit);
    limits.set(limit, {
      limit,
      primary: primary ?? known?.primary,
      secondary: secondary ?? known?.secondary,
    });
  };
  reports.subscribe((report) => {
    if (report.kind === "round") countRound(report.model, report.report);
    else if (report.kind === "turn") countTurn(report.report);
    else if (report.kind === "rate_limits") report.limits.forEach(keepLimit);
  });

  return {
    metrics: ({ openTurns, openConnections, extraTokens }, now) => {
      const ofConnections = Object.entries(openConnections);
      const others: Partial<Record<keyof typeof METRICS, readonly Sample[]>> = {
        build: [
          {
            labels: { version: packageVersion, ...(instance !== undefined && { name: instance }) },
            value: 1,
          },
        ],
        openTurns: [{ labels: {}, value: openTurns }],
        openConnections: ofConnections.map(([protocol, value]) => ({ labels: { protocol }, value })),
        ...(extraTokens && {
          extraSpent: [{ labels: {}, value: extraTokens.spent }],
          extraLimit: [{ labels: {}, value: extraTokens.limit }],
        }),
        ...limitSamples(limits, now),
      };
      const tallies: Partial<Record<string, { samples(): Sample[] }>> = counters;
      return Object.entries(METRICS).map(([key, metric]) => ({
        metric,
        samples: tallies[key]?.samples() ?? others[key as keyof typeof METRICS] ?? [],
      }));
    },
  };
}

function reasonOf({ verdict }: RoundReport): string {
  if (verdict.action === "final" || CONTINUE_REASONS.has(verdict.reason)) return verdict.reason;
  return "own";
}

/** What of the turn's tokens was which. */
function tokensOf({ rounds, billed, usage }: TurnReport): Record<"thinking" | "answer" | "extra", number> {
  return {
    thinking: billed.reasoning,
    // What the client was told has the reasoning of all rounds in it, and the answer of the released one alone.
    answer: usage ? Math.max(0, usage.output - usage.reasoning) : 0,
    extra: billedUsage(rounds.slice(1).map(({ usage }) => usage)).total,
  };
}

/** What is used up of a window that has begun anew since, nobody knows. */
function limitSamples(limits: ReadonlyMap<string, RateLimit>, now: number) {
  const windows = [...limits].flatMap(([limit, { primary, secondary }]) =>
    Object.entries({ primary, secondary }).flatMap(([window, says]): [Labels, RateLimitWindow][] =>
      says && !isOver(says, now) ? [[{ limit, window }, says]] : [],
    ),
  );
  const samples = (value: (window: RateLimitWindow) => number | undefined): Sample[] =>
    windows.flatMap(([labels, window]) => {
      const said = value(window);
      return said === undefined ? [] : [{ labels, value: said }];
    });
  return {
    limitUsed: samples(({ usedPercent }) => usedPercent / 100),
    limitWindow: samples(({ minutes }) => minutes && minutes * 60),
    limitReset: samples(({ resetsAt }) => resetsAt),
  };
}

function isOver({ resetsAt }: RateLimitWindow, now: number): boolean {
  return resetsAt !== undefined && resetsAt * 1000 <= now;
}
