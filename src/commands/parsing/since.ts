import type { Allowed } from "../../options/allowed.js";
import { UsageError } from "../command.js";

const UNITS: Readonly<Record<string, number>> = { m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3 };

/** For flags that say how far back to look. */
export const period: Allowed = {
  words: 'a time ago (30d, 12h, 4w), a date (2026-01-31) or "all"',
  accepts: (value) => startOf(String(value), 0) !== undefined,
};

/**
 * The time from which on things count.
 *
 * @param text what {@link period} accepts
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970; `-Infinity` for `all`
 * @throws UsageError for anything else
 */
export function sinceWhen(text: string, now: number): number {
  const start = startOf(text, now);
  if (start === undefined) throw new UsageError(`not ${period.words}: "${text}"`);
  return start;
}

function startOf(text: string, now: number): number | undefined {
  if (text === "all") return -Infinity;
  const [, count, unit = ""] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  // A date alone means its midnight here, not in Greenwich.
  const date = /^\d{4}-\d\d-\d\d$/.test(text)
    ? `${text}T00:00:00`
    : /^\d{4}-\d\d-\d\dT/.test(text)
      ? text
      : "";
  const start = Date.parse(date);
  return Number.isNaN(start) ? undefined : start;
}
