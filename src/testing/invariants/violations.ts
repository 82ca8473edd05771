import type { ResponseEvent } from "../../protocol/event.js";
import { eventsProblems } from "./events.js";
import { numbersProblems } from "./numbers.js";
import { oneResponseProblems } from "./oneResponse.js";
import { transparencyProblems } from "./transparency.js";

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

/**
 * Checks what must hold of every turn, whatever the upstream did: the invariants 1, 2, 4, 5, 7 and 8 of
 * docs/how-it-works.md. Knows nothing of the pipeline: it compares both sides.
 *
 * @returns what is violated, a line each, the invariant's number first; empty when all is well
 */
export function violations(turn: WatchedTurn): string[] {
  if (turn.rounds.length === 0) return turn.client.length === 0 ? [] : ["1: events of no round"];
  if (turn.rounds.length === 1) return transparencyProblems(turn);
  return [...oneResponseProblems(turn.client), ...eventsProblems(turn), ...numbersProblems(turn)];
}
