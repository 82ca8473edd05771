import { map, type Observable } from "rxjs";
import { describe, test } from "vitest";
import { settleRounds } from "../../src/operators/settleRounds.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import type { FinalReason, RoundEnd, TurnSignal } from "../../src/protocol/signals.js";
import { delta, itemDone, message, reasoning, summaryDelta } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";
import { ended, roundEnd } from "./roundEnds.js";

const r = itemDone(reasoning("rs_1"));
const s = itemDone(reasoning("rs_2"), { output_index: 2 });
const u = itemDone(reasoning("rs_3"));
const h = summaryDelta("hm");
const d = delta("29");
const m = itemDone(message("29"), { output_index: 1 });
const n = itemDone(message("21"), { output_index: 1 });
const k = itemDone(message("Let me see.", { phase: "commentary" }), { output_index: 1 });
const cut = responseEvent('{"type":"response.output_item.done","item":{"type":"mess');

const lost = (round: number) =>
  ended(round, "no_terminal", { terminal: undefined, failure: { error: "reset" }, answered: false });

/** The operator, with round ends and the turn's end told in a few words. */
const settled = (rounds: Observable<TurnSignal>): Observable<unknown> =>
  rounds.pipe(
    settleRounds(),
    map((signal) => {
      if (signal.kind === "round_end") return `end of round ${signal.round}`;
      if (signal.kind !== "turn_end") return signal;
      const { reason, released, given } = signal;
      return { turn: reason, released: released.round, given };
    }),
  );

const VALUES = { r, s, u, h, d, m, n, k, c: cut };

/** What becomes of a turn whose round ends are E, F and G. */
function expectTurn(
  rounds: string,
  ends: Readonly<Record<string, RoundEnd>>,
  expected: string,
  T: { readonly turn: FinalReason; readonly released: number; readonly given: readonly ResponseEvent[] },
): void {
  const told = Object.entries(ends).map(([key, { round }]) => [key, `end of round ${round}`]);
  const values = { ...VALUES, ...Object.fromEntries(told), T };
  marbles(({ cold, expectObservable }) => {
    const source = cold<TurnSignal>(rounds, { ...VALUES, ...ends });
    expectObservable(source.pipe(settled)).toBe(expected, values);
  });
}

describe("the turn's end tells the whole items that went out, of the released round and behind it", () => {
  test("of one round: live or held, in order", () => {
    expectTurn("h-r-(E|)", { E: ended(1, "natural", { held: [d, m] }) }, "h-r-(EdmT|)", {
      turn: "natural",
      released: 1,
      given: [r, m],
    });
  });

  test("but for what no client could read", () => {
    const ends = { E: ended(1, "natural", { held: [cut, m] }) };
    expectTurn("r-(E|)", ends, "r-(EcmT|)", { turn: "natural", released: 1, given: [r, m] });
  });

  test("of a fold: nothing of the rounds before, which the last one's input had", () => {
    const ends = { E: roundEnd(1, { held: [m, s] }), F: ended(2, "natural", { held: [n] }) };
    expectTurn("r-E-u---(F|)", ends, "r-E-(su)(FnT|)", { turn: "natural", released: 2, given: [u, n] });
  });

  test("of a round that is released behind a dead continuation: that one's thinking too", () => {
    const ends = { E: roundEnd(1, { held: [m, s] }), F: lost(2) };
    const T = { turn: "continuation_failed", released: 1, given: [r, s, u, m] } as const;
    expectTurn("r-E-u---(F|)", ends, "r-E-(su)(FmT|)", T);
  });
});

describe("a turn whose last rounds brought no answer", () => {
  const thoughtOnly = { answered: false, held: [] };

  test("ends with the last round that has one", () => {
    const ends = {
      E: roundEnd(1, { held: [m] }),
      F: roundEnd(2, thoughtOnly),
      G: ended(3, "max_continue", { ...thoughtOnly, held: [k] }),
    };
    const T = { turn: "no_answer", released: 1, given: [r, u, m] } as const;
    expectTurn("r-E-u-F-(G|)", ends, "r-E-u-F-(GmT|)", T);
  });

  test("keeps what is left of that round, whatever thinking waited in the rounds between", () => {
    const ends = {
      E: roundEnd(1, { held: [m] }),
      F: roundEnd(2, { answered: false, held: [k, s] }),
      G: ended(3, "max_continue", thoughtOnly),
    };
    const T = { turn: "no_answer", released: 1, given: [r, s, m] } as const;
    expectTurn("r-E-F-(G|)", ends, "r-E-F-(GsmT|)", T);
  });

  test("ends with the last of them where none has one: round 1 without an answer is the upstream's own", () => {
    const ends = {
      E: roundEnd(1, { ...thoughtOnly, held: [k] }),
      F: ended(2, "max_continue", { ...thoughtOnly, held: [k] }),
    };
    const T = { turn: "max_continue", released: 2, given: [u, k] } as const;
    expectTurn("r-E-u-(F|)", ends, "r-E-u-(FkT|)", T);
  });

  test("goes back to the later of two that have none where a continuation dies", () => {
    const ends = {
      E: roundEnd(1, { ...thoughtOnly, held: [k] }),
      F: roundEnd(2, { ...thoughtOnly, held: [m] }),
      G: lost(3),
    };
    const T = { turn: "continuation_failed", released: 2, given: [m] } as const;
    expectTurn("r-E-F-(G|)", ends, "r-E-F-(GmT|)", T);
  });
});
