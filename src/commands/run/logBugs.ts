import { stackOf } from "../../reports/notices.js";
import { packageVersion } from "../../version.js";
import type { Log } from "./log.js";

/**
 * One turn's error ends that turn. What still gets here is a bug: said once, with its stack and without payloads.
 *
 * @returns ends it
 */
export function logBugs(log: Log): () => void {
  const seen = new Set<string>();
  const report = (kind: string) => (error: unknown) => {
    const stack = stackOf(error);
    if (seen.has(stack)) return;
    seen.add(stack);
    log("error", `codexcomp ${packageVersion}: ${kind}: ${stack}`);
  };
  const [onException, onRejection] = [report("uncaught exception"), report("unhandled rejection")];
  process.on("uncaughtException", onException);
  process.on("unhandledRejection", onRejection);
  return () => {
    process.off("uncaughtException", onException);
    process.off("unhandledRejection", onRejection);
  };
}
