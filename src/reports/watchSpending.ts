import type { Subject } from "rxjs";
import type { Purse } from "./purse.js";
import type { Report } from "./turnReport.js";

/**
 * Takes what continuations cost out of the purse, as soon as each is over, and says once when it is empty. It can be said
 * again when it was not empty in between.
 *
 * @returns whether it is empty now; asked before every turn
 */
export function watchSpending(purse: Purse, limit: () => number, reports: Subject<Report>): () => boolean {
  let said = false;
  const isEmpty = (): boolean => {
    const empty = purse.isEmpty();
    if (empty && !said)
      reports.next({ kind: "notice", level: "warn", text: emptyText(purse.spent(), limit()) });
    if (!empty && said)
      reports.next({ kind: "notice", level: "info", text: "cut rounds are continued again: some of the day's tokens are a day old" }); // oxfmt-ignore
    said = empty;
    return empty;
  };
  reports.subscribe((report) => {
    if (report.kind !== "round" || report.report.round === 1) return;
    purse.spend(Date.now(), report.report.usage?.total ?? 0);
    isEmpty();
  });
  return isEmpty;
}

function emptyText(spent: number, limit: number): string {
  return `continuations have cost ${spent} tokens in 24 hours, and --max-extra-tokens-per-day is ${limit}: turns are only observed until some of it is a day old`;
}
