import { ARMS, keyOf, nameOf, type Arm, type Condition, type Pair } from "./plan.js";
import type { RunResult } from "./results.js";
import { mcnemarExact, wilsonInterval } from "./statistics.js";

/** What one arm came to. */
export interface ArmSummary {
  readonly runs: number;
  readonly right: number;
  /** The share that is right, with 95 % confidence: 0 to 1. */
  readonly interval: readonly [number, number];
  /** Rounds that ended on the fingerprint. */
  readonly cutRounds: number;
  /** Runs with such a round. */
  readonly cutRuns: number;
  readonly continuations: number;
  /** Replies without an answer line. */
  readonly missing: number;
  readonly timeouts: number;
  /** Runs in which the model used tools, though the prompt forbids it. */
  readonly withTools: number;
  /** Billed tokens of a run, on average. */
  readonly tokens: number;
  /** Of these, reasoning. */
  readonly reasoningTokens: number;
  /** Of a run, on average. */
  readonly seconds: number;
}

/** What one condition came to. Only pairs both of whose runs are there count. */
export interface ConditionSummary extends Condition {
  readonly arms: Readonly<Record<Arm, ArmSummary>>;
  /** Pairs in which only folding was right. */
  readonly gained: number;
  /** Pairs in which only observing was. */
  readonly lost: number;
  /** Of the exact McNemar test. */
  readonly p: number;
  /** Pairs that are planned and not complete. */
  readonly open: number;
  /** Codex' versions. */
  readonly codex: readonly string[];
}

/** Sums up what is known of a plan, condition by condition. */
export function summaryOf(
  plan: readonly Pair[],
  results: ReadonlyMap<string, RunResult>,
): ConditionSummary[] {
  const conditions = new Map<Condition, Pair[]>();
  for (const pair of plan) {
    const pairs = conditions.get(pair.condition);
    if (pairs) pairs.push(pair);
    else conditions.set(pair.condition, [pair]);
  }
  return [...conditions.values()].map((pairs) => conditionOf(pairs, results));
}

function conditionOf(pairs: readonly Pair[], results: ReadonlyMap<string, RunResult>): ConditionSummary {
  const complete = pairs
    .map((pair) => ARMS.map((arm) => results.get(keyOf(nameOf(pair, arm)))))
    .filter((both): both is [RunResult, RunResult] => both.every((result) => result !== undefined));
  const count = (observe: boolean, fold: boolean): number =>
    complete.filter(([one, other]) => isRight(one) === observe && isRight(other) === fold).length;
  const [gained, lost] = [count(false, true), count(true, false)];
  const { model = "", effort = "" } = pairs[0]?.condition ?? {};
  return {
    model,
    effort,
    arms: { observe: armOf(complete.map(([one]) => one)), fold: armOf(complete.map(([, other]) => other)) },
    gained,
    lost,
    p: mcnemarExact(gained, lost),
    open: pairs.length - complete.length,
    codex: [...new Set(complete.flat().map(({ codex }) => codex))].sort(),
  };
}

function armOf(runs: readonly RunResult[]): ArmSummary {
  const total = (value: (run: RunResult) => number): number => runs.reduce((sum, run) => sum + value(run), 0);
  const having = (has: (run: RunResult) => boolean): number => runs.filter(has).length;
  const mean = (value: (run: RunResult) => number): number => total(value) / Math.max(1, runs.length);
  const right = having(isRight);
  return {
    runs: runs.length,
    right,
    interval: wilsonInterval(right, runs.length),
    cutRounds: total(({ rounds }) => rounds.filter(isCut).length),
    cutRuns: having(({ rounds }) => rounds.some(isCut)),
    continuations: total(({ continuations }) => continuations),
    missing: having(({ verdict }) => verdict === "missing"),
    timeouts: having(({ verdict }) => verdict === "timeout"),
    withTools: having(({ tools }) => tools > 0),
    tokens: Math.round(mean(({ usage }) => usage.total)),
    reasoningTokens: Math.round(mean(({ usage }) => usage.reasoning)),
    seconds: Math.round(mean(({ seconds }) => seconds) * 10) / 10,
  };
}

function isRight({ verdict }: RunResult): boolean {
  return verdict === "right";
}

function isCut({ tier }: { readonly tier?: number }): boolean {
  return tier !== undefined;
}
