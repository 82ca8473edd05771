import { stackOf } from "../../reports/notices.js";
import type { Report } from "../../reports/turnReport.js";
import type { Limits } from "../options.js";

/** A connection's conversations grew past the limit. */
export function fullNotice(limit: number): Report {
  const text = `the conversation of a WebSocket connection passed --max-history-bytes (${limit}): it is no longer folded there`;
  return { kind: "notice", level: "warn", text };
}

/** A turn was not continued for the size of its frame. @param first on its connection */
export function frameLimitNotice(limit: number, first: boolean): Report {
  const text = `WebSocket: a turn was cut, but its continuation would be a frame of ${limit} bytes or more (frame_limit)`;
  return { kind: "notice", level: first ? "info" : "debug", text };
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

/** What a side did that ends its connection; `undefined` where it only left. */
export function breachNotice(side: "client" | "upstream", error: Error, limits: Limits): Report | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (!code?.startsWith("WS_ERR_")) return undefined;
  const what =
    code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
      ? `sent a frame of more than ${limits.frameBytes} bytes`
      : `broke the protocol (${code})`;
  return { kind: "notice", level: "warn", text: `WebSocket: the ${side} ${what}; the connection is closed` };
}

/** The upstream has no WebSocket. @param status how it refused the upgrade */
export function notSpokenNotice(status: number): Report {
  const text = `the upstream does not speak WebSocket (it answered ${status}): clients are told to send POST requests`;
  return { kind: "notice", level: "info", text };
}
