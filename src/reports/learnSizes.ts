import type { Subject } from "rxjs";
import type { ReasoningSizes } from "../protocol/reasoningSizes.js";
import type { Report } from "./turnReport.js";

/** Shows every finished round to the sizes, and reports what they make of it that a person should know. */
export function learnSizes(sizes: ReasoningSizes, reports: Subject<Report>): void {
  reports.subscribe((report) => {
    if (report.kind !== "round") return;
    const { thinking, usage, live, tier } = report.report;
    const text = sizes.learn({
      model: report.model,
      thinking,
      tokens: usage?.reasoning,
      live,
      truncated: tier !== undefined,
    });
    if (text !== undefined) reports.next({ kind: "notice", level: "warn", text });
  });
}
