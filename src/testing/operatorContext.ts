import type { OperatorContext } from "../operators/customOperators.js";

/**
 * What an operator is told, for tests that call it by themselves:
 *
 * ```ts
 * source.pipe(mine(operatorContext({ model: "gpt-5.4" })))
 * ```
 *
 * @param fields what matters to the test. Default: round 1 of a small turn of `gpt-5.5`, and a log that nobody reads
 */
export function operatorContext(fields: Partial<OperatorContext> = {}): OperatorContext {
  return {
    request: {},
    model: "gpt-5.5",
    round: 1,
    transport: "library",
    signal: new AbortController().signal,
    log: () => {},
    ...fields,
  };
}
