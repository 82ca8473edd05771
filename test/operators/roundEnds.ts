import { NO_THINKING } from "../../src/protocol/liveOutput.js";
import { final, type FinalReason, type RoundEnd } from "../../src/protocol/signals.js";
import { completed } from "../../src/testing/events.js";

/** The end of a cut round that is to be continued, with nothing held. */
export function roundEnd(round: number, fields: Partial<RoundEnd> = {}): RoundEnd {
  return {
    kind: "round_end",
    round,
    verdict: { action: "continue", reason: "fingerprint" },
    tier: 1,
    terminal: completed({ reasoning: 516 }),
    failure: undefined,
    usage: undefined,
    answered: true,
    thinking: NO_THINKING,
    shown: [],
    held: [],
    ...fields,
  };
}

/** The end of a turn's last round. */
export const ended = (round: number, reason: FinalReason, fields: Partial<RoundEnd> = {}): RoundEnd =>
  roundEnd(round, { verdict: final(reason), ...fields });
