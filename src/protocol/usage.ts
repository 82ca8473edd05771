import { asObject, type JsonObject, type ResponseEvent } from "./event.js";

/** Token counts of one response, or sums of several. All in tokens. */
export interface Usage {
  readonly input: number;
  /** The part of `input` that came from the prompt cache. */
  readonly cached: number;
  readonly output: number;
  /** The part of `output` that was reasoning. */
  readonly reasoning: number;
  readonly total: number;
}

const count = (value: unknown): number => (Number.isFinite(value) ? (value as number) : 0);

/** The `response` object inside a lifecycle or terminal event. */
export function responseOf(event: ResponseEvent | undefined): JsonObject | undefined {
  return asObject(event?.json?.["response"]);
}

/** Reads the usage of a terminal event. @returns `undefined` when it reports none */
export function usageOf(terminal: ResponseEvent | undefined): Usage | undefined {
  const usage = asObject(responseOf(terminal)?.["usage"]);
  if (!usage) return undefined;
  const input = count(usage["input_tokens"]);
  const output = count(usage["output_tokens"]);
  return {
    input,
    cached: count(asObject(usage["input_tokens_details"])?.["cached_tokens"]),
    output,
    reasoning: count(asObject(usage["output_tokens_details"])?.["reasoning_tokens"]),
    total: typeof usage["total_tokens"] === "number" ? usage["total_tokens"] : input + output,
  };
}

/**
 * True when the terminal says how much was reasoned. Some backends report no details: then zero
 * means "not known" and is no stall.
 */
export function reportsReasoning(terminal: ResponseEvent | undefined): boolean {
  const details = asObject(asObject(responseOf(terminal)?.["usage"])?.["output_tokens_details"]);
  return typeof details?.["reasoning_tokens"] === "number";
}

const NO_USAGE: Usage = { input: 0, cached: 0, output: 0, reasoning: 0, total: 0 };

/** What the account paid: the sum over rounds. Rounds without usage count as nothing. */
export function billedUsage(rounds: readonly (Usage | undefined)[]): Usage {
  return rounds.reduce<Usage>(
    (sum, usage = NO_USAGE) => ({
      input: sum.input + usage.input,
      cached: sum.cached + usage.cached,
      output: sum.output + usage.output,
      reasoning: sum.reasoning + usage.reasoning,
      total: sum.total + usage.total,
    }),
    NO_USAGE,
  );
}

/**
 * What a client should take a fold to have used. Codex reads `total_tokens` as the size of its context, so input is
 * round 1's and hidden answers do not count; reasoning is the sum, for all of it stays in the conversation.
 *
 * @param rounds all rounds of the turn
 * @param released the round whose answer the client gets
 */
export function foldedUsage(rounds: readonly (Usage | undefined)[], released: Usage | undefined): Usage {
  const first = rounds[0] ?? NO_USAGE;
  const { reasoning } = billedUsage(rounds);
  const output = reasoning + (released ? released.output - released.reasoning : 0);
  return { input: first.input, cached: first.cached, output, reasoning, total: first.input + output };
}

/** A {@link Usage} in the Responses API's own words. */
export function toWireUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.total,
  };
}
