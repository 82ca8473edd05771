import type { RateLimit, RateLimitWindow } from "../../../reports/rateLimits.js";
import type { Report, RoundReport } from "../../../reports/turnReport.js";
import type { Limits, LimitWindow, Message, RoundEnd } from "../../../page/messages.js";

/** Kinds of held items that are told; a round may hold hundreds. */
const MOST_HELD = 12;

/**
 * What the page is told of a report, field by field, so that what a report learns to say later does not get onto the
 * page by itself. The words of notices are left out: users' operators write some of them.
 */
export function messageOf(report: Report, at = Date.now()): Message | undefined {
  switch (report.kind) {
    case "turn_started": {
      const { id, model, effort, transport } = report;
      return { kind: "turn_started", at, id, model, ...(effort !== undefined && { effort }), transport };
    }
    case "phase":
      return { kind: "phase", at, id: report.id, round: report.round, phase: report.phase };
    case "round":
      return { kind: "round", id: report.id, round: report.report.round, end: roundEnd(report.report, at) };
    case "turn": {
      const { id, outcome, stop, seconds, addedSeconds, billed } = report.report;
      return { kind: "turn", id, end: { at, outcome, stop, seconds, addedSeconds, billed } };
    }
    case "rate_limits":
      return { kind: "limits", limits: report.limits.map((limit) => limitsOf(limit, at)) };
    case "notice": {
      const { level } = report;
      return level === "warn" || level === "error" ? { kind: "trouble", at, level } : undefined;
    }
  }
}

function roundEnd(report: RoundReport, at: number): RoundEnd {
  const { usage, tier, verdict, held, live, failure, seconds } = report;
  return {
    at,
    ...(usage && { tokens: usage }),
    ...(tier !== undefined && { tier }),
    continues: verdict.action === "continue",
    reason: verdict.reason,
    held: held.slice(0, MOST_HELD),
    ...(live && { live: live.live }),
    ...(failure !== undefined && { failure }),
    seconds,
  };
}

function limitsOf({ limit, primary, secondary }: RateLimit, at: number): Limits {
  return {
    name: limit,
    at,
    ...(primary && { primary: windowOf(primary) }),
    ...(secondary && { secondary: windowOf(secondary) }),
  };
}

function windowOf({ usedPercent, minutes, resetsAt }: RateLimitWindow): LimitWindow {
  return {
    usedPercent,
    ...(minutes !== undefined && { windowMinutes: minutes }),
    ...(resetsAt !== undefined && { resetsAt: resetsAt * 1000 }),
  };
}
