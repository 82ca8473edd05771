import { eventsProblems } from "./events.js";
import { numbersProblems } from "./numbers.js";
import { oneResponseProblems } from "./oneResponse.js";
import { transparencyProblems } from "./transparency.js";
import type { WatchedTurn } from "./watchedTurn.js";

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
