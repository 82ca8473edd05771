import { defer, from, lastValueFrom, mergeMap } from "rxjs";
import { ARMS, keyOf, nameOf, type Arm } from "../../evaluation/plan.js";
import type { ResultsFile } from "./resultsFile.js";
import { runOnce, type Run, type RunOptions } from "./runOnce.js";
import type { MadePair } from "./setup.js";

export interface CourseOptions extends RunOptions {
  readonly plan: readonly MadePair[];
  readonly results: ResultsFile;
  /** Pairs at the same time. */
  readonly parallel: number;
  /** Tokens that the whole plan may take. */
  readonly budget: number | undefined;
  readonly keepTranscripts: boolean;
  /** Told when a run is over. @param spent tokens so far */
  readonly onRun: (pair: MadePair, arm: Arm, run: Run, spent: number) => void;
}

/** Why an evaluation went no further. */
export type Stop =
  | { readonly kind: "done" }
  | { readonly kind: "budget" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "failing"; readonly why: string };

/** What is known while an evaluation goes on. */
export interface Course {
  /** Runs pairs that are not complete; what they lack alone. */
  run(pairs: readonly MadePair[]): Promise<Stop>;
  /** Tokens, earlier runs of the plan included. */
  spent(): number;
  /** Tokens that the rest of the plan should take, going by the complete pairs of each condition. */
  expected(): number;
}

/** So many failures in a row are no accident. */
const MOST_FAILURES = 3;

/** Whether both runs of a pair are known. */
export function completeIn({ known }: ResultsFile): (pair: MadePair) => boolean {
  return (pair) => ARMS.every((arm) => known.has(keyOf(nameOf(pair, arm))));
}

export function courseOf(options: CourseOptions): Course {
  const { plan, results, parallel, budget, signal } = options;
  const resultOf = (pair: MadePair, arm: Arm) => results.known.get(keyOf(nameOf(pair, arm)));
  const isComplete = completeIn(results);
  const costOf = (pair: MadePair): number =>
    ARMS.reduce((sum, arm) => sum + (resultOf(pair, arm)?.usage.total ?? 0), 0);
  let [lost, inFlight, failures] = [0, 0, 0];

  const spent = (): number => plan.reduce((sum, pair) => sum + costOf(pair), lost);
  /** Of a complete pair, on average; `undefined` where there is none. */
  const usualCost = (pairs: readonly MadePair[]): number | undefined => {
    const complete = pairs.filter(isComplete);
    return complete.length === 0
      ? undefined
      : complete.reduce((sum, pair) => sum + costOf(pair), 0) / complete.length;
  };
  const passesBudget = (): boolean =>
    budget !== undefined && spent() + (inFlight + 1) * (usualCost(plan) ?? 0) > budget;

  return {
    spent,
    expected: () => {
      const open = plan.filter((pair) => !isComplete(pair));
      const usual = (pair: MadePair): number =>
        usualCost(plan.filter(({ condition }) => condition === pair.condition)) ?? usualCost(plan) ?? 0;
      return Math.round(open.reduce((sum, pair) => sum + usual(pair) - costOf(pair), 0));
    },
    run: async (pairs) => {
      let stop: Stop = { kind: "done" };
      const halt = new AbortController();
      const over = AbortSignal.any([signal, halt.signal]);
      let broken: unknown;

      const runPair = async (pair: MadePair): Promise<void> => {
        for (const arm of pair.order.filter((arm) => !resultOf(pair, arm))) {
          if (over.aborted) return;
          const run = await runOnce(pair, arm, { ...options, signal: over });
          if (over.aborted) return;
          if (options.keepTranscripts) await results.addTranscript(nameOf(pair, arm), run.transcript);
          if (run.result) await results.add(run.result);
          else lost += run.tokens;
          options.onRun(pair, arm, run, spent());
          failures = run.failure === undefined ? 0 : failures + 1;
          if (run.failure === undefined) continue;
          if (failures >= MOST_FAILURES && stop.kind === "done") {
            stop = { kind: "failing", why: run.failure };
            halt.abort();
          }
          // The other run of the pair would wait for this one to be done again.
          return;
        }
      };
      const begin = async (pair: MadePair): Promise<void> => {
        if (over.aborted || stop.kind !== "done") return;
        if (passesBudget()) {
          stop = { kind: "budget" };
          return;
        }
        inFlight++;
        // One that breaks must not leave another's Codex running.
        await runPair(pair).catch((error: unknown) => {
          broken ??= error;
          halt.abort();
        });
        inFlight--;
      };

      const open = pairs.filter((pair) => !isComplete(pair));
      await lastValueFrom(from(open).pipe(mergeMap((pair) => defer(() => begin(pair)), parallel)), {
        defaultValue: undefined,
      });
      if (broken !== undefined) throw broken;
      return signal.aborted ? { kind: "interrupted" } : stop;
    },
  };
}
