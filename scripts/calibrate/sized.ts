import { tierOf } from "../../src/protocol/fingerprint.js";
import type { Thinking } from "../../src/protocol/liveOutput.js";

/** A response of a model: how much it thought, and how large that was. */
export interface SizedResponse {
  readonly model: string;
  readonly thinking: Thinking;
  /** Reasoning tokens that it reported. */
  readonly tokens: number;
}

/** It ended on the fingerprint. */
export function wasCut({ tokens }: SizedResponse): boolean {
  return tierOf(tokens) !== undefined;
}

/** One item, all of which the tokens are of: what a size can be compared by. */
export function isPlain({ thinking }: SizedResponse): boolean {
  return thinking.items === 1 && thinking.knownShape && !thinking.hostedTool;
}
