import { describe, expect, it } from "vitest";
import { responseEvent } from "../../src/protocol/event.js";
import { rateLimitsIn, rateLimitsOf } from "../../src/reports/rateLimits.js";

const primary = { usedPercent: 12.5, minutes: 300, resetsAt: 1_790_000_000 };
const secondary = { usedPercent: 73, minutes: 10080, resetsAt: 1_790_500_000 };
const unknown = { minutes: undefined, resetsAt: undefined };

function headers(fields: Readonly<Record<string, string>>): string[] {
  return Object.entries(fields).flat();
}

const WHOLE = {
  "X-Codex-Primary-Used-Percent": "12.5",
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": "1790000000",
  "x-codex-secondary-used-percent": "73.0",
  "x-codex-secondary-window-minutes": "10080",
  "x-codex-secondary-reset-at": "1790500000",
};

describe("rate limits in the headers of an answer", () => {
  it("are both windows", () => {
    expect(rateLimitsIn(headers({ "content-type": "text/event-stream", ...WHOLE }))).toEqual([
      { limit: "codex", primary, secondary },
    ]);
  });

  it("are what is said of them, and none where nothing is", () => {
    expect(rateLimitsIn(headers({ "x-codex-primary-used-percent": "100.0" }))).toEqual([
      { limit: "codex", primary: { usedPercent: 100, ...unknown }, secondary: undefined },
    ]);
    expect(
      rateLimitsIn(headers({ "x-codex-turn-state": "s", "x-codex-primary-window-minutes": "300" })),
    ).toEqual([]);
    // What Codex takes for no window at all.
    expect(rateLimitsIn(headers({ "x-codex-primary-used-percent": "0" }))).toEqual([]);
  });

  it("may be of several allowances", () => {
    const own = { "x-codex-bengalfox-primary-used-percent": "80" };
    expect(rateLimitsIn(headers({ ...WHOLE, ...own }))).toEqual([
      { limit: "codex", primary, secondary },
      { limit: "codex_bengalfox", primary: { usedPercent: 80, ...unknown }, secondary: undefined },
    ]);
    const many = Array.from({ length: 30 }, (_, n) => [`x-l${n}-primary-used-percent`, "1"]);
    expect(rateLimitsIn(many.flat())).toHaveLength(10);
  });

  it.each(["", " ", "soon", "NaN", "Infinity", "-1"])("that say %j say nothing", (value) => {
    expect(rateLimitsIn(headers({ "x-codex-primary-used-percent": value }))).toEqual([]);
    expect(rateLimitsIn(headers({ ...WHOLE, "x-codex-primary-reset-at": value }))).toMatchObject([
      { primary: { usedPercent: 12.5, resetsAt: undefined } },
    ]);
  });
});

describe("rate limits in an event", () => {
  const of = (json: object) => rateLimitsOf(responseEvent(JSON.stringify(json)));

  it("are both windows", () => {
    const rate_limits = {
      primary: { used_percent: 12.5, window_minutes: 300, reset_at: 1_790_000_000 },
      secondary: { used_percent: 73, window_minutes: 10080, reset_at: 1_790_500_000 },
    };
    expect(of({ type: "codex.rate_limits", plan_type: "pro", rate_limits, credits: {} })).toEqual([
      { limit: "codex", primary, secondary },
    ]);
  });

  it("name the allowance, as far as names go", () => {
    const named = (name: string) =>
      of({
        type: "codex.rate_limits",
        metered_limit_name: name,
        rate_limits: { primary: { used_percent: 1 } },
      });
    expect(named("Codex-Other")).toMatchObject([{ limit: "codex_other" }]);
    expect(named('a"\n' + "b".repeat(100))).toMatchObject([{ limit: expect.stringMatching(/^a\?\?b{57}$/) }]);
  });

  it.each([
    [{ type: "codex.rate_limits" }],
    [{ type: "codex.rate_limits", rate_limits: null }],
    [{ type: "codex.rate_limits", rate_limits: { primary: null, secondary: { used_percent: null } } }],
    [{ type: "response.created", rate_limits: { primary: { used_percent: 1 } } }],
    [{ type: "error", status: 500, error: {} }],
  ])("%j has none", (json) => {
    expect(of(json)).toEqual([]);
  });

  it("are in an error frame's headers", () => {
    const frame = { type: "error", status: 429, error: { type: "usage_limit_reached" } };
    expect(of({ ...frame, headers: { "x-codex-primary-used-percent": "100.0" } })).toMatchObject([
      { limit: "codex", primary: { usedPercent: 100 } },
    ]);
  });
});
