import { asObject, type JsonObject, type ResponseEvent } from "../protocol/event.js";
import type { RawHeaders } from "../protocol/errors.js";
import { headerPairs } from "../protocol/rawHeaders.js";
import { plainName } from "./plainName.js";

/** How much of a window of time is used up. */
export interface RateLimitWindow {
  /** 0 to 100, or more. */
  readonly usedPercent: number;
  readonly windowMinutes: number | undefined;
  /** When it begins anew: milliseconds since 1970. */
  readonly resetsAt: number | undefined;
}

/** What an account has left, as the upstream last said it. */
export interface RateLimits {
  /** Which limit: `codex`, or that of a model of its own. */
  readonly name: string;
  /** The short window (5 hours), and the long one (a week). */
  readonly primary: RateLimitWindow | undefined;
  readonly secondary: RateLimitWindow | undefined;
}

/** The type of the event that tells it over WebSocket (seen). */
export const RATE_LIMITS = "codex.rate_limits";

/** Reads the event. @returns `undefined` where it tells nothing */
export function rateLimitsOfEvent(event: ResponseEvent, now = Date.now()): RateLimits | undefined {
  const limits = asObject(event.json?.["rate_limits"]);
  if (!limits) return undefined;
  const name = event.json?.["metered_limit_name"];
  return told({
    name: typeof name === "string" ? plainName(name) : "codex",
    primary: windowOf(asObject(limits["primary"]), now),
    secondary: windowOf(asObject(limits["secondary"]), now),
  });
}

/** Reads the headers of an answer to a POST. @returns `undefined` where they tell nothing */
export function rateLimitsOfHeaders(headers: RawHeaders, now = Date.now()): RateLimits | undefined {
  return rateLimitsOfFields(
    headerPairs(headers).map(([name, value]) => [name.toLowerCase(), value]),
    now,
  );
}

/** Reads the error frame that stands for a refusal: its `headers` are those of the answer (seen). */
export function rateLimitsOfErrorFrame(event: ResponseEvent, now = Date.now()): RateLimits | undefined {
  const headers = asObject(event.json?.["headers"]) ?? {};
  return rateLimitsOfFields(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    now,
  );
}

const HEADER = /^x-codex-(primary|secondary)-(used-percent|window-minutes|reset-at|reset-after-seconds)$/;

function rateLimitsOfFields(
  fields: readonly (readonly [string, unknown])[],
  now: number,
): RateLimits | undefined {
  const windows: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of fields) {
    const [, which = "", what = ""] = HEADER.exec(name) ?? [];
    if (which !== "") (windows[which] ??= {})[what.replaceAll("-", "_")] = Number(value);
  }
  return told({
    name: "codex",
    primary: windowOf(windows["primary"], now),
    secondary: windowOf(windows["secondary"], now),
  });
}

function told(limits: RateLimits): RateLimits | undefined {
  return limits.primary || limits.secondary ? limits : undefined;
}

/** Times are seconds since 1970, or from now on. */
function windowOf(fields: JsonObject | undefined, now: number): RateLimitWindow | undefined {
  const number = (name: string): number | undefined => {
    const value = fields?.[name];
    return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const usedPercent = number("used_percent");
  if (usedPercent === undefined) return undefined;
  const [resetAt, resetAfter] = [number("reset_at"), number("reset_after_seconds")];
  const after = resetAfter === undefined ? undefined : now + resetAfter * 1000;
  return {
    usedPercent,
    windowMinutes: number("window_minutes"),
    resetsAt: resetAt === undefined ? after : resetAt * 1000,
  };
}
