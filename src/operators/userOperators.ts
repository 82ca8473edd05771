import { finalize, identity, pipe, type MonoTypeOperatorFunction } from "rxjs";
import type { ResponseEvent } from "../protocol/event.js";
import type { TurnRequest } from "../protocol/request.js";
import { customOperators, type CustomOperator, type OperatorContext } from "./customOperators.js";
import { renumber } from "./renumber.js";

/** The two places of the pipeline where users' operators work. */
export interface UserOperators {
  /** See every upstream round, before it is judged. */
  readonly round?: readonly CustomOperator[];
  /** See what the client will get. */
  readonly response?: readonly CustomOperator[];
}

/** What users' operators need of their surroundings. */
export interface UserOperatorHooks {
  readonly operators?: UserOperators | undefined;
  readonly transport?: string | undefined;
  readonly log?: OperatorContext["log"] | undefined;
}

/**
 * One turn's users' operators: made anew for every turn, so that they share its abort signal, and each failing one is
 * logged once.
 */
export function userOperators(
  { json, model }: TurnRequest,
  { operators: { round = [], response = [] } = {}, transport = "library", log = () => {} }: UserOperatorHooks,
) {
  const over = new AbortController();
  const failed = new Set<string>();
  const onFailure = (name: string, error: unknown): void => {
    if (failed.has(name)) return;
    failed.add(name);
    const kind = error instanceof Error ? error.name : typeof error;
    log("warn", `the operator ${name} failed (${kind}); the turn goes on without it`);
  };
  const context = (number: number): OperatorContext => ({
    request: json,
    model,
    round: number,
    transport,
    signal: over.signal,
    log,
  });
  const none = round.length + response.length === 0;

  return {
    /** For the events of one upstream round. */
    ofRound: (number: number): MonoTypeOperatorFunction<ResponseEvent> =>
      round.length === 0 ? identity : customOperators(round, context(number), onFailure),
    /** For the response; also ends the turn for all of them. */
    ofResponse: (): MonoTypeOperatorFunction<ResponseEvent> =>
      none
        ? identity
        : pipe(
            customOperators(response, context(1), onFailure),
            // They may have added or dropped events anywhere.
            renumber({ always: true }),
            finalize(() => over.abort()),
          ),
  };
}
