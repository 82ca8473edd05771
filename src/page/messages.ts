/**
 * What the proxy tells the page: numbers, names of models and words of ours, never content. Both sides import these
 * types; times are milliseconds since 1970 by the proxy's clock.
 */

/** What a round is doing. `thinking`: also while nothing has come yet. */
export type Phase = "thinking" | "holding" | "writing";

export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

/** How a round ended. */
export interface RoundEnd {
  readonly at: number;
  /** Absent where the upstream told no usage. */
  readonly tokens?: Tokens;
  /** Where the round ended on the fingerprint. */
  readonly tier?: number;
  readonly continues: boolean;
  /** Why it was continued, or why not. */
  readonly reason: string;
  /** Types of the items that were held. */
  readonly held: readonly string[];
  /** Whether its answer went out live or was held; absent where it could not be continued anyway. */
  readonly live?: boolean;
  readonly failure?: string;
  readonly seconds: number;
}

/** How a turn ended. */
export interface TurnEnd {
  readonly at: number;
  readonly outcome: string;
  readonly stop: string;
  readonly seconds: number;
  /** Of these, in continuations. */
  readonly addedSeconds: number;
  /** Over all rounds. */
  readonly billed: Tokens;
}

/** How much of a rate limit's window is used up. */
export interface LimitWindow {
  readonly usedPercent: number;
  readonly windowMinutes?: number;
  readonly resetsAt?: number;
}

export interface Limits {
  readonly name: string;
  readonly at: number;
  readonly primary?: LimitWindow;
  readonly secondary?: LimitWindow;
}

/** A reading of Codex' own logs, that a button starts. */
export type Scan =
  | { readonly state: "none" }
  | { readonly state: "running"; readonly done: number; readonly total: number }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "done"; readonly at: number; readonly found: ScanResult };

export interface ScanResult {
  readonly files: number;
  readonly responses: number;
  readonly withReasoning: number;
  readonly fingerprinted: number;
  readonly expectedByChance: number;
  readonly affected: boolean;
  /** How many responses had so many reasoning tokens. */
  readonly tokens: readonly (readonly [value: number, count: number])[];
}

/** One thing that happened. */
export type Message =
  | {
      readonly kind: "turn_started";
      readonly at: number;
      readonly id: string;
      readonly model: string;
      readonly effort?: string;
      readonly transport: string;
    }
  | {
      readonly kind: "phase";
      readonly at: number;
      readonly id: string;
      readonly round: number;
      readonly phase: Phase;
    }
  | { readonly kind: "round"; readonly id: string; readonly round: number; readonly end: RoundEnd }
  | { readonly kind: "turn"; readonly id: string; readonly end: TurnEnd }
  | { readonly kind: "limits"; readonly limits: readonly Limits[] }
  /** Something for the log, which has the words. */
  | { readonly kind: "trouble"; readonly at: number; readonly level: "warn" | "error" }
  | { readonly kind: "scan"; readonly scan: Scan };

/** How the process is; said every few seconds, which also keeps the connection alive. */
export interface Vitals {
  readonly now: number;
  /** Resident bytes. */
  readonly memory: number;
  /** How late the event loop was, in milliseconds, since the last time: the middle and the worst hundredth. */
  readonly delay: { readonly p50: number; readonly p99: number };
  /** Since the start. */
  readonly counters: Readonly<Record<string, number>>;
  /** What continuations took in the last 24 hours, where there is a limit to it. */
  readonly extraTokens?: ExtraTokens;
}

export interface ExtraTokens {
  readonly spent: number;
  readonly limit: number;
}

/** What `doctor` would warn of. */
export interface Warning {
  readonly id: string;
  readonly status: "warn" | "fail";
  readonly title: string;
  readonly detail: string;
  /** The command that mends it. */
  readonly fix?: string;
}

/** What the process is; does not change while it runs. */
export interface Program {
  readonly version: string;
  readonly node: string;
  readonly upstream: string;
  readonly startedAt: number;
  /** Whether it keeps a journal. */
  readonly journal: boolean;
}

/** What turns of a time came to. */
export interface Period {
  readonly turns: number;
  readonly cut: number;
  readonly folds: number;
  /** Folds by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly turnTokens: number;
  readonly extraTokens: number;
  readonly seconds: number;
  readonly addedSeconds: number;
  /** Rounds whose answer streamed live, and those whose answer was held. */
  readonly live: number;
  readonly held: number;
  readonly models: readonly ModelPeriod[];
}

export interface ModelPeriod {
  readonly model: string;
  readonly effort: string;
  readonly turns: number;
  readonly cut: number;
  /** Of these, the ones that were not meant to be continued. */
  readonly observed: number;
  readonly folds: number;
  readonly cured: number;
  readonly turnTokens: number;
  readonly extraTokens: number;
  readonly addedSeconds: number;
}

/** `GET /history`: what the journal says, and what is wrong. */
export interface History {
  readonly at: number;
  /** Absent where no journal is kept. */
  readonly journal?: {
    readonly today: Period;
    readonly week: Period;
    readonly month: Period;
    /** By the local calendar, oldest first, of the last 30. */
    readonly days: readonly {
      readonly day: string;
      readonly turns: number;
      readonly cut: number;
      readonly folds: number;
    }[];
    /** How many rounds had so many reasoning tokens, in 30 days. */
    readonly tokens: readonly (readonly [value: number, count: number])[];
  };
  readonly warnings: readonly Warning[];
}
