import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Answer } from "../../protocol/errors.js";
import { readRefusal } from "./refusal.js";

/**
 * Logins that the upstream refused on a bridged connection. For the 401 of an upgrade or a POST Codex reads its token
 * anew, and refreshes it if the next one is a 401 too; for one in a frame it only tries again, on the same socket and
 * with the same token (seen, 0.142.5 and 0.169.0). So the connection is closed behind the frame, and for a while the
 * login's upgrades are refused as the upstream refused it.
 */
export interface RefusedLogins {
  /** Remembers a refusal. @returns the same refusal, its body still to be read */
  note(authorization: string | undefined, refusal: Answer): Promise<Answer>;
  /** The refusal for a login's upgrade, if it was refused just now. */
  find(authorization: string | undefined): Answer | undefined;
}

/** How long a login is refused without asking the upstream again; in milliseconds. */
const MEMORY = 10_000;

/** @param now the clock, in milliseconds */
export function refusedLogins(now: () => number = () => performance.now()): RefusedLogins {
  const refusals = new Map<string, { readonly until: number; readonly refusal: () => Answer }>();
  return {
    note: async (authorization, refusal) => {
      const { bytes } = await readRefusal(refusal.body);
      const whole = (): Answer => ({ ...refusal, body: Readable.from([bytes]) });
      for (const [login, { until }] of refusals) if (until <= now()) refusals.delete(login);
      refusals.set(digest(authorization), { until: now() + MEMORY, refusal: whole });
      return whole();
    },
    find: (authorization) => {
      const found = refusals.get(digest(authorization));
      return found && now() < found.until ? found.refusal() : undefined;
    },
  };
}

/** Tokens are not kept. */
function digest(authorization = ""): string {
  return createHash("sha256").update(authorization).digest("base64");
}
