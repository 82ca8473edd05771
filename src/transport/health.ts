import type { Observable } from "rxjs";
import { packageVersion } from "../version.js";
import type { Report } from "../reports/turnReport.js";

/** What `GET /healthz` says. */
export interface Health {
  readonly ok: true;
  readonly version: string;
  readonly upstream: string;
  /** Seconds since the proxy began to listen. */
  readonly uptime: number;
  readonly counters: Counters;
}

/** Since the start. */
export interface Counters {
  turns: number;
  /** Turns of more than one round. */
  folds: number;
  /** Rounds that ended on the fingerprint. */
  truncated: number;
  /** Turns running now. */
  open: number;
  /** Turns that ended without a complete response, other than by the client's leaving. */
  failed: number;
}

/** Counts reports. @returns the live counters; reading them costs nothing */
export function countReports(reports: Observable<Report>): Counters {
  const counters: Counters = { turns: 0, folds: 0, truncated: 0, open: 0, failed: 0 };
  reports.subscribe((report) => {
    if (report.kind === "turn_started") {
      counters.turns++;
      counters.open++;
    } else if (report.kind === "round") {
      if (report.report.tier !== undefined) counters.truncated++;
    } else if (report.kind === "turn") {
      counters.open--;
      if (report.report.rounds.length > 1) counters.folds++;
      if (!["completed", "aborted"].includes(report.report.outcome)) counters.failed++;
    }
  });
  return counters;
}

export function health(upstream: string, startedAt: number, counters: Counters): Health {
  const uptime = Math.round((performance.now() - startedAt) / 1000);
  return {
    ok: true,
    version: packageVersion,
    upstream: withoutCredentials(upstream),
    uptime,
    counters: { ...counters },
  };
}

function withoutCredentials(upstream: string): string {
  if (upstream === "auto") return upstream;
  const url = new URL(upstream);
  return `${url.origin}${url.pathname}`;
}
