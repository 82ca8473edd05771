import type { JsonObject } from "../../src/protocol/event.js";

/** What the replaying upstream does with a request: said in the request itself, so that it passes every proxy. */
export interface Play {
  /** `cut`: on the fingerprint, and its continuation is `recorded`; `endless`: answer deltas for as long as the client reads. */
  readonly round: "recorded" | "cut" | "brief" | "short" | "endless";
  /** Events a second, each in a write of its own; 0: the whole round as fast as it can be written. */
  readonly pace: number;
  /** Deltas tell when they were sent; see {@link ./stamp}. */
  readonly stamped?: boolean;
}

/** The request fields that carry it. */
export function playing(play: Play): JsonObject {
  return { metadata: { play: JSON.stringify(play) } };
}

export function readPlay({ metadata, input }: JsonObject): Play {
  const play = JSON.parse((metadata as { play: string }).play) as Play;
  return play.round === "cut" && isContinuation(input) ? { ...play, round: "recorded" } : play;
}

/** True for an input that ends with the nudge. */
function isContinuation(input: unknown): boolean {
  const last = (input as JsonObject[]).at(-1);
  return last?.["phase"] === "commentary";
}
