import { asObject, type JsonObject, type ResponseEvent } from "../protocol/event.js";
import type { RawHeaders } from "../protocol/errors.js";
import { headerPairs } from "../protocol/rawHeaders.js";
import { plainName } from "./plainName.js";

/** What is used up of one window of a login's allowance, as the upstream said it. */
export interface RateLimitWindow {
  /** 0 to 100, and beyond. */
  readonly usedPercent: number;
  /** The window's length, in minutes: 300 and 10080 are common. */
  readonly minutes: number | undefined;
  /** When the window begins anew, in seconds since 1970. */
  readonly resetsAt: number | undefined;
}

/** One of a login's allowances. */
export interface RateLimit {
  /** Which: `codex`, or another one that some models have for themselves. */
  readonly limit: string;
  /** The short window, mostly. */
  readonly primary: RateLimitWindow | undefined;
  /** The long window, mostly. */
  readonly secondary: RateLimitWindow | undefined;
}

/** The allowance that is meant where none is named. */
const DEFAULT_LIMIT = "codex";

/** The most allowances that one answer may name. */
const MOST_LIMITS = 10;

/** `x-codex-primary-used-percent`; the allowance `codex_other` has `x-codex-other-primary-used-percent`. */
const USED = /^x-([\w-]+)-(primary|secondary)-used-percent$/;

/**
 * The rate limits in an answer's headers: how the upstream tells them over HTTP.
 *
 * The names are those that Codex reads (openai/codex, `codex-api/src/rate_limits.rs`).
 */
export function rateLimitsIn(headers: RawHeaders): RateLimit[] {
  const values = new Map(headerPairs(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const window = (stem: string, which: string): RateLimitWindow | undefined => {
    const value = (field: string) => numberIn(values.get(`x-${stem}-${which}-${field}`));
    return windowOf(value("used-percent"), value("window-minutes"), value("reset-at"));
  };
  const stems = new Set([...values.keys()].flatMap((name) => USED.exec(name)?.[1] ?? []));
  return [...stems]
    .slice(0, MOST_LIMITS)
    .map((stem) => rateLimit(stem, window(stem, "primary"), window(stem, "secondary")))
    .filter(saysSomething);
}

/**
 * The rate limits in an event: `codex.rate_limits`, which is how the upstream tells them over WebSocket, or an error
 * frame, which has headers.
 */
export function rateLimitsOf(event: ResponseEvent): RateLimit[] {
  if (event.type === "error") return rateLimitsIn(headersOf(event));
  if (!isRateLimits(event)) return [];
  const limits = asObject(event.json?.["rate_limits"]);
  const name = event.json?.["metered_limit_name"] ?? event.json?.["limit_name"];
  const window = (which: string): RateLimitWindow | undefined => {
    const fields = asObject(limits?.[which]);
    const value = (field: string) => numberIn(fields?.[field]);
    return windowOf(value("used_percent"), value("window_minutes"), value("reset_at"));
  };
  const limit = typeof name === "string" ? name : DEFAULT_LIMIT;
  return [rateLimit(limit, window("primary"), window("secondary"))].filter(saysSomething);
}

/** True for the event that tells rate limits, and nothing else. */
export function isRateLimits(event: ResponseEvent): boolean {
  return event.type === "codex.rate_limits";
}

function rateLimit(
  name: string,
  primary: RateLimitWindow | undefined,
  secondary: RateLimitWindow | undefined,
): RateLimit {
  return { limit: plainName(name.trim().toLowerCase().replaceAll("-", "_")), primary, secondary };
}

function saysSomething({ primary, secondary }: RateLimit): boolean {
  return primary !== undefined || secondary !== undefined;
}

/** Codex takes a window of 0 percent about which nothing else is said for none. */
function windowOf(
  usedPercent: number | undefined,
  minutes: number | undefined,
  resetsAt: number | undefined,
): RateLimitWindow | undefined {
  if (usedPercent === undefined) return undefined;
  if (usedPercent === 0 && !minutes && resetsAt === undefined) return undefined;
  return { usedPercent, minutes, resetsAt };
}

/** A number that cannot be negative, as a number or as text. */
function numberIn(value: unknown): number | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** An error frame's headers, as headers are elsewhere. */
function headersOf(event: ResponseEvent): string[] {
  const headers: JsonObject = asObject(event.json?.["headers"]) ?? {};
  return Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
}
