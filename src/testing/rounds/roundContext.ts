import type { JsonObject } from "../../protocol/event.js";

/** What a round is written for: nothing in particular, or a request of the simulated upstream. */
export interface RoundContext {
  /** Ids and encrypted content derive from it. */
  readonly seed: string;
  /** Whose encrypted content it is. */
  readonly account: string;
  /** Unix seconds. */
  readonly createdAt: number;
  /** The request's body, whose fields the response object repeats. */
  readonly request?: JsonObject | undefined;
  /** What the round reports as input, unless the script says otherwise. */
  readonly inputTokens?: number | undefined;
  readonly cachedTokens?: number | undefined;
  /** True when the terminal's `output` lists the items; ChatGPT's backend leaves it empty. */
  readonly listsOutput?: boolean | undefined;
  /** Members that every item carries beside its own. */
  readonly itemFields?: JsonObject | undefined;
}
