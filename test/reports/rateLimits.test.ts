import { describe, expect, test } from "vitest";
import {
  rateLimitsOfErrorFrame,
  rateLimitsOfEvent,
  rateLimitsOfHeaders,
} from "../../src/reports/rateLimits.js";
import { event } from "../../src/testing/events.js";

const NOW = 1_700_000_000_000;

describe("the event", () => {
  test("tells both windows", () => {
    const told = event("codex.rate_limits", {
      plan_type: "plus",
      rate_limits: {
        primary: { used_percent: 42.5, window_minutes: 300, reset_at: 1_700_000_600 },
        secondary: { used_percent: 7, window_minutes: 10_080, reset_after_seconds: 60 },
      },
    });

    expect(rateLimitsOfEvent(told, NOW)).toEqual({
      name: "codex",
      primary: { usedPercent: 42.5, windowMinutes: 300, resetsAt: NOW + 600_000 },
      secondary: { usedPercent: 7, windowMinutes: 10_080, resetsAt: NOW + 60_000 },
    });
  });

  test("names the limit of a model of its own, as names look", () => {
    const told = event("codex.rate_limits", {
      metered_limit_name: "codex\nother",
      rate_limits: { primary: { used_percent: 1 } },
    });

    expect(rateLimitsOfEvent(told, NOW)?.name).toBe("codex?other");
  });

  test.each([
    ["nothing", {}],
    ["no windows", { rate_limits: { primary: null } }],
    ["no numbers", { rate_limits: { primary: { used_percent: "x" }, secondary: { used_percent: -1 } } }],
  ])("with %s tells nothing", (_, fields) => {
    expect(rateLimitsOfEvent(event("codex.rate_limits", fields), NOW)).toBeUndefined();
  });
});

describe("headers", () => {
  test("tell what the event does", () => {
    const headers = ["X-Codex-Primary-Used-Percent", "12.5", "x-codex-primary-window-minutes", "300"];
    const reset = ["x-codex-primary-reset-at", "1700000600", "content-type", "text/event-stream"];

    expect(rateLimitsOfHeaders([...headers, ...reset], NOW)).toEqual({
      name: "codex",
      primary: { usedPercent: 12.5, windowMinutes: 300, resetsAt: NOW + 600_000 },
      secondary: undefined,
    });
  });

  test("without them nothing is told", () => {
    expect(rateLimitsOfHeaders(["x-codex-primary-window-minutes", "300"], NOW)).toBeUndefined();
  });

  test("stand in an error frame too", () => {
    const frame = event("error", { status: 429, headers: { "x-codex-primary-used-percent": "100.0" } });

    expect(rateLimitsOfErrorFrame(frame, NOW)?.primary?.usedPercent).toBe(100);
  });
});
