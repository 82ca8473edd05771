import { findings, type Finding } from "../finding.js";

/** Another clock's time beside this one's, both in milliseconds of the epoch. */
export interface ClockReading {
  readonly there: number;
  readonly here: number;
}

/** Tokens and certificates are valid for minutes to either side; the `Date` header has a resolution of a second. */
const NOTICEABLE_S = 60;
const HARMFUL_S = 300;

const SET_CLOCK: Partial<Record<NodeJS.Platform, string>> = {
  linux: "sudo timedatectl set-ntp true",
  darwin: "sudo sntp -sS time.apple.com",
  win32: "w32tm /resync",
};

export function checkClock(reading: ClockReading | undefined, platform: NodeJS.Platform): Finding {
  const { ok, warn, fail, skipped } = findings("clock", "Clock");
  if (!reading) return skipped("no answer to compare it with");
  const off = Math.round((reading.here - reading.there) / 1000);
  const detail = off === 0 ? "right" : `${Math.abs(off)} s ${off > 0 ? "fast" : "slow"}`;
  const fix = SET_CLOCK[platform] ?? "ntpd -gq";
  if (Math.abs(off) >= HARMFUL_S) return fail(`${detail}: logins and certificates will fail`, fix);
  return Math.abs(off) >= NOTICEABLE_S ? warn(detail, fix) : ok(detail);
}
