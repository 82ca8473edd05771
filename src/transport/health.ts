import type { Observable } from "rxjs";
import { packageVersion } from "../version.js";
import type { ModelSizes, ReasoningSizes } from "../protocol/reasoningSizes.js";
import { NOT_MEANT } from "../protocol/verdict.js";
import type { Purse } from "../reports/purse.js";
import type { Report } from "../reports/turnReport.js";
import type { ProxyOptions } from "./options.js";

/** What `GET /healthz` says. */
export interface Health {
  readonly ok: true;
  readonly version: string;
  /** What this one is called among many, where it has a name. */
  readonly instance?: string;
  readonly upstream: string;
  /** Seconds since the proxy began to listen. */
  readonly uptime: number;
  readonly counters: Counters;
  /** Globs of the models that are folded. */
  readonly foldedModels: readonly string[];
  /** What continuations have cost in 24 hours, in tokens, where that is limited. */
  readonly extraTokens?: { readonly spent: number; readonly limit: number };
  /** What is known of the models' reasoning sizes, for those whose answers may stream live. */
  readonly models: Readonly<Record<string, ModelSizes>>;
}

/** Since the start. */
export interface Counters {
  turns: number;
  /** Turns of more than one round. */
  folds: number;
  /** Rounds that ended on the fingerprint. */
  truncated: number;
  /** Of these, only observed: their models are not folded, or nothing is. */
  observed: number;
  /** Rounds whose answer streamed live, because of the reasoning's size. */
  live: number;
  /** Rounds whose answer was held until the verdict. */
  held: number;
  /** Rounds that went live although they were cut. */
  missed: number;
  /** Turns running now. */
  open: number;
  /** Turns that ended without a complete response, other than by the client's leaving. */
  failed: number;
}

/** Counts reports. @returns the live counters; reading them costs nothing */
export function countReports(reports: Observable<Report>): Counters {
  const counters: Counters = {
    turns: 0,
    folds: 0,
    truncated: 0,
    observed: 0,
    live: 0,
    held: 0,
    missed: 0,
    open: 0,
    failed: 0,
  };
  reports.subscribe((report) => {
    if (report.kind === "turn_started") {
      counters.turns++;
      counters.open++;
    } else if (report.kind === "round") {
      const { tier, live, verdict } = report.report;
      if (tier !== undefined) counters.truncated++;
      if (tier !== undefined && verdict.action === "final" && NOT_MEANT.has(verdict.reason))
        counters.observed++;
      if (live) counters[live.live ? "live" : "held"]++;
      if (live?.live && tier !== undefined) counters.missed++;
    } else if (report.kind === "turn") {
      counters.open--;
      if (report.report.rounds.length > 1) counters.folds++;
      if (!["completed", "aborted"].includes(report.report.outcome)) counters.failed++;
    }
  });
  return counters;
}

/** What {@link health} tells of. */
export interface HealthOf {
  readonly options: ProxyOptions;
  readonly startedAt: number;
  readonly counters: Counters;
  readonly sizes: ReasoningSizes;
  readonly purse: Purse;
}

export function health({ options, startedAt, counters, sizes, purse }: HealthOf): Health {
  const { instance, upstream, fold, maxExtraTokensPerDay: limit } = options;
  const uptime = Math.round((performance.now() - startedAt) / 1000);
  return {
    ok: true,
    version: packageVersion,
    ...(instance !== undefined && { instance }),
    upstream: withoutCredentials(upstream),
    uptime,
    counters: { ...counters },
    foldedModels: fold.mode === "fold" ? fold.models : [],
    ...(limit > 0 && { extraTokens: { spent: purse.spent(), limit } }),
    models: Object.fromEntries(sizes.models),
  };
}

function withoutCredentials(upstream: string): string {
  if (upstream === "auto") return upstream;
  const url = new URL(upstream);
  return `${url.origin}${url.pathname}`;
}
