import { stackOf } from "../../reports/notices.js";
import type { Report } from "../../reports/turnReport.js";

/** A connection's conversations grew past the limit. */
export function fullNotice(limit: number): Report {
  const text = `the conversation of a WebSocket connection passed --max-history-bytes (${limit}): it is no longer folded there`;
  return { kind: "notice", level: "warn", text };
}

/** A response that began went silent. @param seconds for how long */
export function stallNotice(seconds: number): Report {
  const text = `WebSocket: silence longer than the idle timeout (${seconds} s) in a response; the connection is cut`;
  return { kind: "notice", level: "warn", text };
}

/** A turn failed by a fault of ours. */
export function bugNotice(error: unknown): Report {
  return { kind: "notice", level: "error", text: `WebSocket: bug: ${stackOf(error)}` };
}

/** A bridged connection's conversations grew past the limit. */
export function forgetfulNotice(limit: number): Report {
  const text = `the conversation of a WebSocket connection passed --max-history-bytes (${limit}): the client has to send all of it with every turn`;
  return { kind: "notice", level: "warn", text };
}
