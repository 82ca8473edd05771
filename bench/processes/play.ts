import type { JsonObject } from "../../src/protocol/event.js";

/** What the replaying upstream does with a request: said in the request itself, so that it passes every proxy. */
export interface Play {
  /** `endless`: answer deltas for as long as the client reads. */
  readonly round: "recorded" | "brief" | "short" | "endless";
  /** Events a second, each in a write of its own; 0: the whole round as fast as it can be written. */
  readonly pace: number;
  /** Deltas tell when they were sent; see {@link ./stamp}. */
  readonly stamped?: boolean;
}

/** The request fields that carry it. */
export function playing(play: Play): JsonObject {
  return { metadata: { play: JSON.stringify(play) } };
}

export function readPlay(body: JsonObject): Play {
  return JSON.parse((body["metadata"] as { play: string }).play) as Play;
}
