import { InvalidRequest, UpstreamLost } from "../protocol/errors.js";
import type { Report } from "./turnReport.js";

/**
 * Says why a request failed. Nothing that a client or an upstream sent is quoted, but for the method and the path.
 *
 * @param error of a bug only its name and stack are told: its message may hold what it was thrown over
 */
export function failureNotice(
  { method, url }: { readonly method?: string | undefined; readonly url?: string | undefined },
  error: unknown,
): Report {
  const path = (url ?? "").split("?", 1)[0]?.slice(0, 100);
  const level = error instanceof InvalidRequest || error instanceof UpstreamLost ? "warn" : "error";
  const why = level === "warn" ? (error as Error).message : `bug: ${stackOf(error)}`;
  return { kind: "notice", level, text: `${method} ${path}: ${why}` };
}

/** Where an error was thrown, without its message. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}
