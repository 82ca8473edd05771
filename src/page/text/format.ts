import type { Words } from "./words.js";

/** How numbers and times are written in one language. */
export interface Format {
  /** `12,345` */
  count(value: number): string;
  /** `12.3K` */
  short(value: number): string;
  /** `12.3%`. @param value 0 to 1 */
  share(value: number): string;
  /** `12.3 s`, `4 min 5 s`, `3 h 20 min`, `2 d 3 h` */
  duration(seconds: number): string;
  /** `12 s`, `4 min`, `3 h`, `2 d` */
  roughly(seconds: number): string;
  /** `120 MB` */
  bytes(value: number): string;
  /** `14:05` */
  time(at: number): string;
  /** `Nov 25, 14:05` */
  moment(at: number): string;
  /** `Nov 25`, of `2026-11-25` */
  day(date: string): string;
}

export function formatFor(words: Words): Format {
  const { lang, units } = words;
  const plain = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  const moment = new Intl.DateTimeFormat(lang, {
    ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false },
  } as const);
  const day = new Intl.DateTimeFormat(lang, { month: "short", day: "numeric" });
  const parts = (value: number, big: string, size: number, small: string): string => {
    const whole = Math.round(value);
    const rest = whole % size;
    return `${plain.format(Math.floor(whole / size))} ${big}${rest > 0 ? ` ${rest} ${small}` : ""}`;
  };
  return {
    count: (value) => plain.format(value),
    short: (value) => (value < 10_000 ? plain.format(value) : compact.format(value)),
    share: (value) => percent.format(Number.isFinite(value) ? value : 0),
    duration: (seconds) => {
      if (seconds < 60) return `${plain.format(seconds)} ${units.second}`;
      if (seconds < 3600) return parts(seconds, units.minute, 60, units.second);
      if (seconds < 86_400) return parts(seconds / 60, units.hour, 60, units.minute);
      return parts(seconds / 3600, units.day, 24, units.hour);
    },
    roughly: (seconds) => {
      if (seconds < 60) return `${Math.round(seconds)} ${units.second}`;
      if (seconds < 3600) return `${Math.round(seconds / 60)} ${units.minute}`;
      return seconds < 172_800
        ? `${plain.format(seconds / 3600)} ${units.hour}`
        : `${plain.format(seconds / 86_400)} ${units.day}`;
    },
    bytes: (value) => `${plain.format(Math.round(value / 1024 / 1024))} MB`,
    time: (at) => time.format(at),
    moment: (at) => moment.format(at),
    day: (date) => day.format(new Date(`${date}T12:00:00`)),
  };
}
