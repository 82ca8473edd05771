import type { Limits, Message, Phase, RoundEnd, Scan, TurnEnd } from "../messages.js";

/** A round as the page draws it: what it did from when on, and how it ended. */
export interface Round {
  readonly round: number;
  readonly phases: readonly { readonly phase: Phase; readonly from: number }[];
  readonly end?: RoundEnd;
}

export interface Turn {
  readonly id: string;
  readonly startedAt: number;
  readonly model: string;
  readonly effort?: string;
  readonly transport: string;
  readonly rounds: readonly Round[];
  readonly end?: TurnEnd;
}

/** What is going on. The proxy folds its reports into the same, to tell a page that has just been opened. */
export interface Live {
  /** Oldest first. */
  readonly running: readonly Turn[];
  /** Newest first. */
  readonly finished: readonly Turn[];
  readonly limits: readonly Limits[];
  readonly troubles: { readonly warnings: number; readonly errors: number };
  readonly scan: Scan;
}

/** So many finished turns are kept. */
export const LAST = 50;

export const NOTHING_YET: Live = {
  running: [],
  finished: [],
  limits: [],
  troubles: { warnings: 0, errors: 0 },
  scan: { state: "none" },
};

/** What is going on, after one more message. What it says of turns that are not known changes nothing. */
export function follow(live: Live, message: Message): Live {
  switch (message.kind) {
    case "turn_started": {
      const { kind: _, at, ...turn } = message;
      const rounds = [{ round: 1, phases: [{ phase: "thinking", from: at }] }] as const;
      return { ...live, running: [...live.running, { ...turn, startedAt: at, rounds }] };
    }
    case "phase": {
      const { round, phase, at } = message;
      return change(live, message.id, (turn) => ({
        ...turn,
        rounds: changeRound(turn.rounds, round, (found) => ({
          ...found,
          phases: [...found.phases, { phase, from: at }],
        })),
      }));
    }
    case "round": {
      const { round, end } = message;
      return change(live, message.id, (turn) => ({
        ...turn,
        rounds: changeRound(turn.rounds, round, (found) => ({ ...found, end })),
      }));
    }
    case "turn": {
      const over = live.running.find(({ id }) => id === message.id);
      if (!over) return live;
      return {
        ...live,
        running: live.running.filter((turn) => turn !== over),
        finished: [{ ...over, end: message.end }, ...live.finished].slice(0, LAST),
      };
    }
    case "limits": {
      const told = new Set(message.limits.map(({ name }) => name));
      const others = live.limits.filter(({ name }) => !told.has(name));
      return { ...live, limits: [...others, ...message.limits].slice(-MOST_LIMITS) };
    }
    case "trouble": {
      const counted = message.level === "error" ? "errors" : "warnings";
      return { ...live, troubles: { ...live.troubles, [counted]: live.troubles[counted] + 1 } };
    }
    case "scan":
      return { ...live, scan: message.scan };
    default:
      // A newer proxy may say more than this page knows.
      return live;
  }
}

/** Models with a limit of their own are few. */
const MOST_LIMITS = 4;

function change(live: Live, id: string, changed: (turn: Turn) => Turn): Live {
  return { ...live, running: live.running.map((turn) => (turn.id === id ? changed(turn) : turn)) };
}

/** A round that is not there yet begins with what changes it. */
function changeRound(
  rounds: readonly Round[],
  number: number,
  changed: (round: Round) => Round,
): readonly Round[] {
  return rounds.some(({ round }) => round === number)
    ? rounds.map((round) => (round.round === number ? changed(round) : round))
    : [...rounds, changed({ round: number, phases: [] })];
}
