import { finalize, identity, pipe, type MonoTypeOperatorFunction } from "rxjs";
import type { JsonObject, ResponseEvent } from "../protocol/event.js";
import type { TurnRequest } from "../protocol/request.js";
import { customOperators, type CustomOperator, type OperatorContext } from "./customOperators.js";
import { inBrief, nameOf, oneLine } from "./failureWords.js";
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
  /** What their contexts call the transport. Default `library`. */
  readonly transport?: string | undefined;
  /** Hears of those that fail, and what they say. Default: nobody does. */
  readonly log?: OperatorContext["log"] | undefined;
}

/** One turn's users' operators. */
export interface TurnOperators {
  /** For the events of one upstream round. */
  ofRound(round: number): MonoTypeOperatorFunction<ResponseEvent>;
  /** For the response; also ends the turn for all of them. */
  ofResponse(): MonoTypeOperatorFunction<ResponseEvent>;
}

const NONE: TurnOperators = { ofRound: () => identity, ofResponse: () => identity };

/**
 * Users' operators for one turn: made anew for every turn, so that they share its abort signal, and each failing one
 * is logged once.
 */
export function userOperators(
  { json, model }: TurnRequest,
  { operators: { round = [], response = [] } = {}, transport = "library", log = () => {} }: UserOperatorHooks,
): TurnOperators {
  if (round.length + response.length === 0) return NONE;
  const over = new AbortController();
  const failed = new Set<CustomOperator>();
  const onFailure = (operator: CustomOperator, error: unknown): void => {
    if (failed.has(operator)) return;
    failed.add(operator);
    log("warn", `the operator ${nameOf(operator)} failed (${inBrief(error)}); the turn goes on without it`);
  };
  let request: JsonObject | undefined;
  const contextIn =
    (number: number) =>
    (operator: CustomOperator): OperatorContext => ({
      get request() {
        return (request ??= frozen(json));
      },
      model,
      round: number,
      transport,
      signal: over.signal,
      log: (level, text) => log(level, `${nameOf(operator)}: ${oneLine(text)}`),
    });

  return {
    ofRound: (number) => customOperators(round, contextIn(number), onFailure),
    ofResponse: () =>
      pipe(
        customOperators(response, contextIn(1), onFailure),
        // They may have added or dropped events anywhere.
        renumber({ always: true }),
        finalize(() => over.abort()),
      ),
  };
}

/** Operators share the request with the pipeline. Only those that read it pay for this. */
function frozen<T>(value: T): T {
  // What is no object counts as frozen.
  if (!Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value as object)) frozen(member);
  }
  return value;
}
