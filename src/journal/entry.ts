import type { Usage } from "../protocol/usage.js";
import type { TurnReport } from "../reports/turnReport.js";

/** What the journal keeps of a turn: numbers, names of models and words of ours; never content. One JSON line. */
export interface JournalEntry {
  /** When the request arrived, ISO 8601. */
  readonly time: string;
  /** Unique within one run of the proxy. */
  readonly id: string;
  readonly model: string;
  readonly effort?: string;
  readonly transport: string;
  readonly rounds: readonly JournalRound[];
  /** `completed`, `failed`, `aborted`, ... */
  readonly outcome: string;
  /** Why the turn stopped where it did: `natural`, `max_continue`, ... */
  readonly stopped: string;
  /** From the request to the end of the turn. */
  readonly seconds: number;
  /** Of these, in continuations. */
  readonly addedSeconds: number;
}

export interface JournalRound {
  /** Reasoning tokens; absent where the upstream told no usage. */
  readonly reasoning?: number;
  /** Where the round ended on the fingerprint. */
  readonly tier?: number;
  readonly usage?: Usage;
  /** Whether its answer went out live or was held; absent where it could not be continued anyway. */
  readonly live?: boolean;
  /** `continue`, or why it was not continued. */
  readonly verdict: string;
}

/** Names come from requests: no longer than names are. */
const LONGEST_NAME = 100;

/** Field by field, so that what a report learns to say later does not get into the journal by itself. */
export function journalEntry(turn: TurnReport): JournalEntry {
  return {
    time: turn.time,
    id: turn.id,
    model: turn.model.slice(0, LONGEST_NAME),
    ...(turn.effort !== undefined && { effort: turn.effort.slice(0, LONGEST_NAME) }),
    transport: turn.transport,
    rounds: turn.rounds.map(({ tier, usage, live, verdict }) => ({
      ...(usage && { reasoning: usage.reasoning, usage }),
      ...(tier !== undefined && { tier }),
      ...(live && { live: live.live }),
      verdict: verdict.action === "continue" ? "continue" : verdict.reason,
    })),
    outcome: turn.outcome,
    stopped: turn.stop,
    seconds: turn.seconds,
    addedSeconds: turn.addedSeconds,
  };
}
