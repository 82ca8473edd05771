import { describe, expect, it } from "vitest";
import { journalEntry } from "../../src/journal/entry.js";
import { turnReport, usage } from "./reports.js";

describe("journalEntry", () => {
  it("keeps a turn's numbers and verdicts", () => {
    expect(journalEntry(turnReport([516, 291]))).toEqual({
      time: "2026-01-05T12:00:00.000Z",
      id: "0001",
      model: "gpt-5.5",
      effort: "high",
      transport: "websocket",
      rounds: [
        { reasoning: 516, tier: 1, usage: usage(516), verdict: "continue" },
        { reasoning: 291, usage: usage(291), verdict: "natural" },
      ],
      outcome: "completed",
      stopped: "natural",
      seconds: 4,
      addedSeconds: 2,
    });
  });

  it("keeps nothing else that a report may hold", () => {
    const talkative = { ...turnReport([1]), prompt: "secret" };
    const [round] = talkative.rounds;
    const rounds = [{ ...round!, failure: "secret words", held: ["secret"] }];
    expect(JSON.stringify(journalEntry({ ...talkative, rounds }))).not.toContain("secret");
  });

  it("keeps names short, whatever a request calls its model", () => {
    expect(journalEntry(turnReport([1], { model: "m".repeat(1e6) })).model).toHaveLength(100);
  });
});
