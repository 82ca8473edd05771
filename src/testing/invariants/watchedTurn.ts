import type { ResponseEvent } from "../../protocol/event.js";

/** Both sides of one turn: what the invariants are checked on, whatever the transport in between. */
export interface WatchedTurn {
  /** What the client got. */
  readonly client: readonly ResponseEvent[];
  /** What each upstream round sent, as far as it was read; a continuation that was refused has sent nothing. */
  readonly rounds: readonly (readonly ResponseEvent[])[];
  /** How the client's stream failed, where it did. */
  readonly clientError?: unknown;
  /** How round 1's stream failed, where it did. */
  readonly upstreamError?: unknown;
  /** Messages of a round that was continued may have gone out, whole (adaptive hold). Default: none may. */
  readonly liveMessages?: boolean;
}
