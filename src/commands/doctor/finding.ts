import { printable } from "../../reports/printable.js";

/** How a check ended: in order; worth a look; broken; could not be done, or has no meaning here. */
export type Status = "ok" | "warn" | "fail" | "skipped";

/** What one check found. Fit to be shown to anybody: no credentials, no content. */
export interface Finding {
  /** For scripts; never changes. */
  readonly id: string;
  readonly status: Status;
  readonly title: string;
  /** What was found, in a phrase. */
  readonly detail: string;
  /** The command that mends it; every `fail` has one. */
  readonly fix?: string;
}

type Judge = (detail: string) => Finding;
type Worry = (detail: string, fix?: string) => Finding;
type Complain = (detail: string, fix: string) => Finding;

/** Makes the findings of one check. */
export function findings(
  id: string,
  title: string,
): { ok: Judge; skipped: Judge; warn: Worry; fail: Complain } {
  const found =
    (status: Status) =>
    (detail: string, fix?: string): Finding => ({
      id,
      status,
      title,
      detail: printable(detail),
      ...(fix === undefined ? {} : { fix: printable(fix) }),
    });
  return { ok: found("ok"), skipped: found("skipped"), warn: found("warn"), fail: found("fail") };
}
