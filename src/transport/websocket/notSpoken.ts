import type { ServerResponse } from "node:http";
import { respondError } from "../downstream/respond.js";
import type { Target } from "../upstream/target.js";

/**
 * Upstreams that do not speak WebSocket. A client is told so by a 426, whatever the upstream's own words for it: for
 * that Codex falls back to POST at once and for good, with its compressed bodies, its rate limits and its turn state;
 * for any other status it would try six times first (seen, 0.142.5 and 0.169.0).
 */
export interface NotSpoken {
  /** Remembers an upstream by how it refused an upgrade. @returns false for a refusal that says something else */
  note(target: Target, status: number): boolean;
  /** The status by which it refused, if it did so just now. */
  find(target: Target): number | undefined;
}

const NOT_SPOKEN = new Set([404, 405, 426, 501]);

/** True for the status by which an upstream refuses an upgrade because it has no WebSocket. */
export function isNotSpoken(status: number): boolean {
  return NOT_SPOKEN.has(status);
}

/** How long an upstream is not asked again, in milliseconds: connections come in crowds, and upstreams learn. */
const MEMORY = 60_000;

/** @param now the clock, in milliseconds */
export function notSpoken(now: () => number = () => performance.now()): NotSpoken {
  const upstreams = new Map<string, { readonly until: number; readonly status: number }>();
  return {
    note: (target, status) => {
      if (!isNotSpoken(status)) return false;
      upstreams.set(addressOf(target), { until: now() + MEMORY, status });
      return true;
    },
    find: (target) => {
      const found = upstreams.get(addressOf(target));
      return found && now() < found.until ? found.status : undefined;
    },
  };
}

/** Answers the upgrade for an upstream that refused it. @param status its own */
export function respondNotSpoken(response: ServerResponse, status: number): void {
  // What to use instead (RFC 9110, 15.5.22).
  response.setHeader("upgrade", "HTTP/1.1");
  const message = `The upstream does not speak WebSocket here (it answered ${status}): send POST requests instead.`;
  respondError(response, 426, "invalid_request_error", message, "websocket_not_supported");
}

function addressOf({ origin, path }: Target): string {
  return origin + (path.split("?", 1)[0] ?? "");
}
