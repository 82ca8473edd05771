import { NO_THINKING } from "../../src/protocol/liveOutput.js";
import { billedUsage, type Usage } from "../../src/protocol/usage.js";
import { tierOf } from "../../src/protocol/fingerprint.js";
import { final } from "../../src/protocol/signals.js";
import type { TurnReport } from "../../src/reports/turnReport.js";

/** Input 1000, of it 400 cached; 50 output tokens besides reasoning. */
export const usage = (reasoning: number): Usage => ({
  input: 1000,
  cached: 400,
  output: reasoning + 50,
  reasoning,
  total: reasoning + 1050,
});

/** The report of a turn whose rounds had so many reasoning tokens; each round took 2 seconds. */
export function turnReport(reasoning: readonly number[], differences: Partial<TurnReport> = {}): TurnReport {
  const usages = reasoning.map(usage);
  return {
    id: "0001",
    time: "2026-01-05T12:00:00.000Z",
    model: "gpt-5.5",
    effort: "high",
    transport: "websocket",
    rounds: usages.map((each, index) => ({
      round: index + 1,
      usage: each,
      tier: tierOf(each.reasoning),
      thinking: NO_THINKING,
      live: undefined,
      verdict: index < usages.length - 1 ? { action: "continue", reason: "fingerprint" } : final("natural"),
      held: ["message"],
      heldSeconds: 1,
      failure: undefined,
      seconds: 2,
    })),
    outcome: "completed",
    stop: "natural",
    usage: usages.at(-1),
    billed: billedUsage(usages),
    firstWordSeconds: 2 * reasoning.length - 1,
    seconds: 2 * reasoning.length,
    addedSeconds: 2 * (reasoning.length - 1),
    ...differences,
  };
}
