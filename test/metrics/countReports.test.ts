import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { countMetrics, type Momentary } from "../../src/metrics/countReports.js";
import type { METRICS } from "../../src/metrics/definitions.js";
import { final } from "../../src/protocol/signals.js";
import type { RateLimit } from "../../src/reports/rateLimits.js";
import type { Report, RoundReport, TurnReport } from "../../src/reports/turnReport.js";
import { turnReport } from "../journal/reports.js";

const NOW = Date.parse("2026-09-01T10:00:00Z");

function counting() {
  const reports = new Subject<Report>();
  const counted = countMetrics(reports);
  const momentary = { openTurns: 3, openConnections: { http: 2, websocket: 1 } };
  return {
    turn: (turn: TurnReport) => {
      for (const report of turn.rounds)
        reports.next({ kind: "round", id: turn.id, model: turn.model, report });
      reports.next({ kind: "turn", report: turn });
    },
    limits: (limits: RateLimit[]) => reports.next({ kind: "rate_limits", limits }),
    /** `model=gpt-5.5 outcome=completed: 1` */
    lines: (name: keyof Names, now = NOW, more: Partial<Momentary> = {}): string[] =>
      (
        counted
          .metrics({ ...momentary, ...more }, now)
          .find(({ metric }) => metric.name === `codexcomp_${name}`)?.samples ?? []
      )
        .filter(({ suffix }) => suffix !== "_bucket")
        .map(({ labels, value, suffix = "" }) => {
          const named = Object.entries(labels).map(([label, of]) => `${label}=${of}`);
          return `${named.join(" ")}${suffix}: ${value}`;
        }),
    series: () => counted.metrics(momentary, NOW).flatMap(({ samples }) => samples).length,
  };
}

type Names = {
  [K in (typeof METRICS)[keyof typeof METRICS]["name"] as K extends `codexcomp_${infer N}` ? N : never]: 1;
};

/** The report's first round, changed. */
function withRound(turn: TurnReport, round: Partial<RoundReport>): TurnReport {
  const [first, ...others] = turn.rounds;
  return { ...turn, rounds: first ? [{ ...first, ...round }, ...others] : [] };
}

const live = { live: true, bytes: 1, reason: "short" } as const;

describe("turns are counted", () => {
  it("by model, transport and outcome", () => {
    const { turn, lines } = counting();
    turn(turnReport([100]));
    turn(turnReport([100], { transport: "http" }));
    turn(turnReport([100], { outcome: "aborted", model: "" }));
    turn(turnReport([100]));
    expect(lines("turns_total")).toEqual([
      "model=gpt-5.5 transport=websocket outcome=completed: 2",
      "model=gpt-5.5 transport=http outcome=completed: 1",
      "model=unknown transport=websocket outcome=aborted: 1",
    ]);
  });

  it("as folds by why they stopped, where they had more than one round", () => {
    const { turn, lines } = counting();
    turn(turnReport([100]));
    turn(turnReport([516, 100]));
    turn(turnReport([516, 516], { stop: "max_continue" }));
    expect(lines("folds_total")).toEqual([
      "model=gpt-5.5 stop=natural: 1",
      "model=gpt-5.5 stop=max_continue: 1",
    ]);
  });

  it("in seconds: whole, to the first word, held", () => {
    const { turn, lines } = counting();
    turn(turnReport([516, 100]));
    turn(withRound(turnReport([100], { firstWordSeconds: undefined }), { heldSeconds: undefined }));
    expect(lines("turn_seconds")).toEqual(["model=gpt-5.5_sum: 6", "model=gpt-5.5_count: 2"]);
    expect(lines("first_word_seconds")).toEqual(["model=gpt-5.5_sum: 3", "model=gpt-5.5_count: 1"]);
    expect(lines("hold_seconds")).toEqual(["model=gpt-5.5_sum: 2", "model=gpt-5.5_count: 2"]);
  });

  it("in tokens: thought, answered, and taken by continuations", () => {
    const usage = { input: 1000, cached: 0, output: 816 + 70, reasoning: 816, total: 1886 };
    const billed = { input: 2600, cached: 0, output: 816 + 120, reasoning: 816, total: 3536 };
    const { turn, lines } = counting();
    const report = turnReport([516, 300], { usage, billed });
    turn(report);
    turn(turnReport([], { outcome: "aborted", usage: undefined }));
    expect(lines("tokens_total")).toEqual([
      "model=gpt-5.5 kind=thinking: 816",
      "model=gpt-5.5 kind=answer: 70",
      `model=gpt-5.5 kind=extra: ${report.rounds[1]?.usage?.total}`,
    ]);
  });
});

describe("rounds are counted", () => {
  it("by verdict and its reason, of which a user's own is none of ours", () => {
    const { turn, lines } = counting();
    turn(turnReport([516, 100]));
    for (const reason of ["stalled", "continue_when", "whatever\nI like"])
      turn(withRound(turnReport([516]), { verdict: { action: "continue", reason } }));
    turn(withRound(turnReport([516]), { verdict: final("tier_out_of_window") }));
    expect(lines("rounds_total")).toEqual([
      "model=gpt-5.5 verdict=continue reason=fingerprint: 1",
      "model=gpt-5.5 verdict=final reason=natural: 1",
      "model=gpt-5.5 verdict=continue reason=stalled: 1",
      "model=gpt-5.5 verdict=continue reason=own: 2",
      "model=gpt-5.5 verdict=final reason=tier_out_of_window: 1",
    ]);
    expect(lines("truncated_rounds_total")).toEqual(["model=gpt-5.5: 5"]);
  });

  it("as live and held, and as missed where live was wrong", () => {
    const { turn, lines } = counting();
    turn(withRound(turnReport([100]), { live }));
    turn(withRound(turnReport([516]), { live }));
    turn(withRound(turnReport([100]), { live: { ...live, live: false } }));
    turn(turnReport([100]));
    expect(lines("decided_rounds_total")).toEqual([
      "model=gpt-5.5 output=live: 2",
      "model=gpt-5.5 output=held: 1",
    ]);
    expect(lines("missed_rounds_total")).toEqual(["model=gpt-5.5: 1"]);
  });
});

describe("what is so now", () => {
  it("are open turns and connections, and the version", () => {
    const { lines } = counting();
    expect(lines("open_turns")).toEqual([": 3"]);
    expect(lines("open_connections")).toEqual(["protocol=http: 2", "protocol=websocket: 1"]);
    expect(lines("build_info")).toEqual([expect.stringMatching(/^version=\d+\.\d+\.\d+: 1$/)]);
  });

  const window = { usedPercent: 42.5, minutes: 300, resetsAt: NOW / 1000 + 60 };

  it("are rate limits, as they were told last, in base units", () => {
    const { limits, lines } = counting();
    limits([
      { limit: "codex", primary: { ...window, usedPercent: 1 }, secondary: { ...window, usedPercent: 7 } },
    ]);
    limits([{ limit: "codex", primary: window, secondary: undefined }]);
    expect(lines("rate_limit_used_ratio")).toEqual([
      "limit=codex window=primary: 0.425",
      "limit=codex window=secondary: 0.07",
    ]);
    expect(lines("rate_limit_window_seconds")).toContain("limit=codex window=primary: 18000");
    expect(lines("rate_limit_reset_timestamp_seconds")).toContain(
      `limit=codex window=primary: ${window.resetsAt}`,
    );
  });

  it("are no rate limits whose window has begun anew", () => {
    const { limits, lines } = counting();
    const unknown = { ...window, minutes: undefined, resetsAt: undefined };
    limits([{ limit: "codex", primary: window, secondary: unknown }]);
    expect(lines("rate_limit_used_ratio", NOW + 59_000)).toHaveLength(2);
    expect(lines("rate_limit_used_ratio", NOW + 60_000)).toEqual(["limit=codex window=secondary: 0.425"]);
    expect(lines("rate_limit_window_seconds", NOW + 60_000)).toEqual([]);
  });
});

describe("the day's extra tokens", () => {
  it("are there where they are limited", () => {
    const { lines } = counting();
    const extraTokens = { spent: 1200, limit: 500_000 };
    expect(lines("extra_tokens_day_spent", NOW, { extraTokens })).toEqual([": 1200"]);
    expect(lines("extra_tokens_day_limit", NOW, { extraTokens })).toEqual([": 500000"]);
    expect(lines("extra_tokens_day_spent")).toEqual([]);
    expect(lines("extra_tokens_day_limit")).toEqual([]);
  });
});

describe("labels are bounded", () => {
  it("to 50 models and one more, whatever clients ask for", () => {
    const { turn, limits, lines, series } = counting();
    for (let n = 0; n < 60; n++) turn(turnReport([100], { model: `m${n}` }));
    const before = series();
    for (let n = 60; n < 1000; n++) turn(turnReport([100], { model: `m${n}` }));
    expect(series()).toBe(before);
    expect(lines("turns_total")).toHaveLength(51);
    expect(lines("turns_total")).toContain("model=other transport=websocket outcome=completed: 950");
    for (let n = 0; n < 100; n++)
      limits([
        {
          limit: `l${n}`,
          primary: { usedPercent: 1, minutes: 1, resetsAt: undefined },
          secondary: undefined,
        },
      ]);
    expect(lines("rate_limit_used_ratio")).toHaveLength(11);
  });
});
