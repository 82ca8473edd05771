import {
  NEVER,
  asapScheduler,
  defer,
  finalize,
  lastValueFrom,
  map,
  observeOn,
  of,
  take,
  type Observable,
  type OperatorFunction,
} from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { continueRounds } from "../../src/operators/continueRounds.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { type RoundEnd, type RoundSignal, type TurnSignal } from "../../src/protocol/signals.js";
import {
  completed,
  created,
  delta,
  failed,
  functionCall,
  inProgress,
  incomplete,
  itemAdded,
  itemDone,
  message,
  rateLimits,
  reasoning,
  summaryDelta,
} from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";
import { ended, roundEnd } from "./roundEnds.js";

const at = (output_index: number) => ({ output_index });

// thinking
const r = itemDone(reasoning("rs_1"));
const s = itemDone(reasoning("rs_2"), at(2));
const u = itemDone(reasoning("rs_3"));
const h = summaryDelta("hm");
// tentative output: of round 1, of later rounds
const m = itemDone(message("29"), at(1));
const c = itemDone(functionCall("shell"), at(3));
const n = itemDone(message("21"), at(1));
const d = itemDone(functionCall("shell", { command: "rm" }), at(1));
const k = itemDone(message("Let me see.", { phase: "commentary" }), at(1));

const HELD: readonly ResponseEvent[] = [m, s, c];
const S2 = { kind: "round_start", round: 2 } as const;
const S3 = { kind: "round_start", round: 3 } as const;

/** Round 1 to be continued; a finished round 2; a dead one. */
const E = roundEnd(1, { held: HELD });
const F = ended(2, "natural", { terminal: completed(), held: [n] });
const X = ended(2, "no_terminal", { terminal: undefined, failure: { error: "reset" } });

/** The operator, with a turn's end told in a few words. */
function turn(openNext: (rounds: readonly RoundEnd[]) => Observable<RoundSignal>) {
  const operator: OperatorFunction<RoundSignal, TurnSignal> = continueRounds(openNext);
  return (source: Observable<RoundSignal>) =>
    source.pipe(
      operator,
      map((signal) => {
        if (signal.kind === "turn_end") {
          const { rounds, released, reason } = signal;
          return { turn: reason, released: released.round, rounds: rounds.map(({ round }) => round) };
        }
        return signal.kind === "round_end" ? `end of round ${signal.round}` : signal;
      }),
    );
}

const VALUES = { r, s, u, h, m, c, n, d, k, S: S2, E: "end of round 1", F: "end of round 2" };
const NATURAL = { turn: "natural", released: 1, rounds: [1] };
const FOLDED = { turn: "natural", released: 2, rounds: [1, 2] };
const RELEASED = { turn: "continuation_failed", released: 1, rounds: [1, 2] };

describe("a turn of one round", () => {
  test("releases what was held at its end, in upstream order", () => {
    const open = vi.fn(() => NEVER);
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-E-------|", { r, E: ended(1, "natural", { held: HELD }) });
      const subs = "                 ^---------!";
      const expected = "             r-(EmscT)-|";

      expectObservable(one.pipe(turn(open))).toBe(expected, { ...VALUES, T: NATURAL });
      expectSubscriptions(one.subscriptions).toBe(subs);
    });
    expect(open).not.toHaveBeenCalled();
  });

  test("lets through what follows its end", () => {
    marbles(({ cold, expectObservable }) => {
      const D = responseEvent("[DONE]");
      const one = cold<RoundSignal>("r-E----D-|", { r, E: ended(1, "natural", { held: [m] }), D });
      const expected = "             r-(EmT)D-|";

      expectObservable(one.pipe(turn(() => NEVER))).toBe(expected, { ...VALUES, T: NATURAL, D });
    });
  });

  test("that was lost ends as it was lost, with all that had come", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const lost = ended(1, "no_terminal", { terminal: undefined, failure: { error: "reset" }, held: HELD });
      const one = cold<RoundSignal>("r-(E|)", { r, E: lost });
      const subs = "                 ^-!";
      const expected = "             r-(EmscT#)";

      const T = { turn: "no_terminal", released: 1, rounds: [1] };
      expectObservable(one.pipe(turn(() => NEVER))).toBe(expected, { ...VALUES, T }, "reset");
      expectSubscriptions(one.subscriptions).toBe(subs);
    });
  });

  test("that ended without a terminal just ends, with all that had come", () => {
    marbles(({ cold, expectObservable }) => {
      const bare = ended(1, "no_terminal", { terminal: undefined, held: HELD });
      const one = cold<RoundSignal>("r-(E|)", { r, E: bare });
      const expected = "             r-(EmscT|)";

      const T = { turn: "no_terminal", released: 1, rounds: [1] };
      expectObservable(one.pipe(turn(() => NEVER))).toBe(expected, { ...VALUES, T });
    });
  });

  test("that failed at the upstream releases what there is", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("r-(E|)", {
        r,
        E: ended(1, "not_completed", { terminal: failed(), held: [m] }),
      });
      const expected = "             r-(EmT|)";

      const T = { turn: "not_completed", released: 1, rounds: [1] };
      expectObservable(one.pipe(turn(() => NEVER))).toBe(expected, { ...VALUES, T });
    });
  });
});

describe("a continued turn", () => {
  test("drops the held answer and goes on live", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E: roundEnd(1, { held: [m, c] }) });
      const two = cold<RoundSignal>("  ----u-(F|)", { u, F });
      const subs1 = "                ^-!";
      const subs2 = "                --^-----!";
      const expected = "             r-(ES)u-(FnT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: FOLDED });
      expectSubscriptions(one.subscriptions).toBe(subs1);
      expectSubscriptions(two.subscriptions).toBe(subs2);
    });
  });

  test("shows thinking that waited behind the dropped answer once the continuation has begun", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const two = cold<RoundSignal>("  ----u---(F|)", { u, F });
      const expected = "             r-(ES)(su)(FnT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: FOLDED });
    });
  });

  test("shows it before the answer where the continuation did not think", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const two = cold<RoundSignal>("  ----(F|)", { F });
      const expected = "             r-(ES)(FsnT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: FOLDED });
    });
  });

  test("shows it where a stalled continuation came in between, too", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("  (E|)", { E });
      const two = cold<RoundSignal>("  -----(F|)", { F: roundEnd(2, { held: [m] }) });
      const three = cold<RoundSignal>("     -----u-(G|)", { u, G: ended(3, "natural", { held: [n] }) });
      const expected = "               (ES)-(FsR)u-(GnT|)";

      const T = { turn: "natural", released: 3, rounds: [1, 2, 3] };
      const values = { ...VALUES, R: S3, G: "end of round 3", T };
      expectObservable(one.pipe(turn(({ length }) => (length === 1 ? two : three)))).toBe(expected, values);
    });
  });

  test("does not announce a second response", () => {
    marbles(({ cold, expectObservable }) => {
      const q = rateLimits();
      const one = cold<RoundSignal>("a-b-r-(E|)", { a: created(), b: inProgress(), r, E: roundEnd(1) });
      const two = cold<RoundSignal>("      --a-b-q-u-(F|)", { a: created(), b: inProgress(), q, u, F });
      const expected = "             a-b-r-(ES)--q-u-(FnT|)";

      const values = { ...VALUES, a: created(), b: inProgress(), q, T: FOLDED };
      expectObservable(one.pipe(turn(() => two))).toBe(expected, values);
    });
  });

  test("ends with the last round's terminal: nothing follows", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("(E|)", { E: roundEnd(1) });
      const two = cold<RoundSignal>("----F----|", { F });
      const subs = "                 ^--------!";
      const expected = "             (ES)(FnT)|";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: FOLDED });
      expectSubscriptions(two.subscriptions).toBe(subs);
    });
  });

  test("tears a round down before it asks for the next, also one that would not end by itself", () => {
    const story: string[] = [];
    const told = (name: string, round: Observable<RoundSignal>) =>
      defer(() => (story.push(`${name} asked for`), round)).pipe(finalize(() => story.push(`${name} over`)));

    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-E------", { r, E: roundEnd(1) });
      const two = cold<RoundSignal>("  ----(F|)", { F });
      const subs1 = "                ^-!";
      const subs2 = "                --^---!";
      const expected = "             r-(ES)(FnT|)";

      const folded = told("round 1", one).pipe(turn(() => told("round 2", two)));
      expectObservable(folded).toBe(expected, { ...VALUES, T: FOLDED });
      expectSubscriptions(one.subscriptions).toBe(subs1);
      expectSubscriptions(two.subscriptions).toBe(subs2);
    });
    expect(story).toEqual(["round 1 asked for", "round 1 over", "round 2 asked for", "round 2 over"]);
  });

  test("is not deeper for being long: of hundreds of rounds that come at once, one runs at a time", () => {
    const LAST = 300;
    let open = 0;
    const widths = new Set<number>();
    const round = (number: number): Observable<RoundSignal> =>
      defer(() => {
        widths.add(++open);
        const end = number < LAST ? roundEnd(number) : ended(number, "natural");
        return of(u, end).pipe(observeOn(asapScheduler));
      }).pipe(finalize(() => open--));

    return lastValueFrom(round(1).pipe(turn(({ length }) => round(length + 1)))).then((end) => {
      expect(end).toMatchObject({ turn: "natural", released: LAST });
      expect([...widths]).toEqual([1]);
      expect(open).toBe(0);
    });
  });

  test("errors where a continuation cannot even be made", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const subs = "                 ^-!";
      const expected = "             r-(E#)";

      const broken = () => {
        throw new Error("a bug");
      };
      expectObservable(one.pipe(turn(broken))).toBe(expected, VALUES, new Error("a bug"));
      expectSubscriptions(one.subscriptions).toBe(subs);
    });
  });

  test("goes on for as many rounds as it is told, and hands each the rounds before it", () => {
    const end1 = roundEnd(1, { held: [m] });
    const end2 = roundEnd(2, { held: [c] });
    const given: (readonly RoundEnd[])[] = [];
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const end3 = ended(3, "max_continue", { held: [n] });
      const one = cold<RoundSignal>("  r-(E|)", { r, E: end1 });
      const two = cold<RoundSignal>("    ----u-(F|)", { u, F: end2 });
      const three = cold<RoundSignal>("        ----h-(G|)", { h, G: end3 });
      const subs2 = "                  --^-----!";
      const subs3 = "                  --------^-----!";
      const expected = "               r-(ES)u-(FR)h-(GnT|)";

      const openNext = (rounds: readonly RoundEnd[]) => (
        given.push(rounds),
        rounds.length === 1 ? two : three
      );
      const T = { turn: "max_continue", released: 3, rounds: [1, 2, 3] };
      const values = { ...VALUES, R: S3, G: "end of round 3", T };
      expectObservable(one.pipe(turn(openNext))).toBe(expected, values);
      expectSubscriptions(two.subscriptions).toBe(subs2);
      expectSubscriptions(three.subscriptions).toBe(subs3);
    });
    expect(given).toEqual([[end1], [end1, end2]]);
  });
});

describe("a continuation that fails", () => {
  test("before any event releases the round before it, in upstream order", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const two = cold<RoundSignal>("  ----(X|)", { X });
      const subs2 = "                --^---!";
      const expected = "             r-(ES)(FmscT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: RELEASED });
      expectSubscriptions(two.subscriptions).toBe(subs2);
    });
  });

  test("while thinking releases what is left of the round before it", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const two = cold<RoundSignal>("  ----h---(X|)", { h, X });
      const expected = "             r-(ES)(sh)(FmcT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: RELEASED });
    });
  });

  test("in held output drops that, and releases the round before it", () => {
    marbles(({ cold, expectObservable }) => {
      const dead = ended(2, "no_terminal", {
        terminal: undefined,
        held: [itemAdded(message("2")), delta("2")],
      });
      const one = cold<RoundSignal>("r-(E|)", { r, E: roundEnd(1, { held: [m, c] }) });
      const two = cold<RoundSignal>("  ----u-(X|)", { u, X: dead });
      const expected = "             r-(ES)u-(FmcT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: RELEASED });
    });
  });

  test.each([
    ["failed", failed()],
    ["incomplete", incomplete()],
    ["error", responseEvent('{"type":"error","status":429}')],
  ])("with %s at the upstream releases the round before it", (_, terminal) => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E: roundEnd(1, { held: [m] }) });
      const X = ended(2, "not_completed", { terminal, held: [n] });
      const two = cold<RoundSignal>("  ----(X|)", { X });
      const expected = "             r-(ES)(FmT|)";

      expectObservable(one.pipe(turn(() => two))).toBe(expected, { ...VALUES, T: RELEASED });
    });
  });

  test("releases the last complete round, not the first", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold<RoundSignal>("  r-(E|)", { r, E: roundEnd(1, { held: [m] }) });
      const two = cold<RoundSignal>("    ----u-(F|)", { u, F: roundEnd(2, { held: [n, s] }) });
      const X = ended(3, "no_terminal", { terminal: undefined });
      const three = cold<RoundSignal>("        ----(X|)", { X });
      const expected = "               r-(ES)u-(FR)(XnsT|)";

      const T = { turn: "continuation_failed", released: 2, rounds: [1, 2, 3] };
      const values = { ...VALUES, R: S3, X: "end of round 3", T };
      expectObservable(one.pipe(turn(({ length }) => (length === 1 ? two : three)))).toBe(expected, values);
    });
  });

  describe("after output went out live", () => {
    const one = roundEnd(1, { held: [m, c] });

    test("a part of an answer: the round before it is released", () => {
      marbles(({ cold, expectObservable }) => {
        const t = delta("2", at(1));
        const first = cold<RoundSignal>("(E|)", { E: one });
        const second = cold<RoundSignal>("----t-(X|)", { t, X });
        const expected = "               (ES)t-(FmcT|)";

        expectObservable(first.pipe(turn(() => second))).toBe(expected, { ...VALUES, t, T: RELEASED });
      });
    });

    test.each([
      ["a whole answer", n],
      ["a call, which may have been run", d],
    ])("%s: nothing is released beside it", (_, live) => {
      marbles(({ cold, expectObservable }) => {
        const first = cold<RoundSignal>("(E|)", { E: one });
        const second = cold<RoundSignal>("----l-(X|)", { l: live, X: { ...X, shown: [live] } });
        const expected = "               (ES)l-(FT|)";

        expectObservable(first.pipe(turn(() => second))).toBe(expected, { ...VALUES, l: live, T: RELEASED });
      });
    });

    test("commentary answers nothing: the round before it is released", () => {
      marbles(({ cold, expectObservable }) => {
        const first = cold<RoundSignal>("(E|)", { E: one });
        const second = cold<RoundSignal>("----k-(X|)", { k, X: { ...X, shown: [k] } });
        const expected = "               (ES)k-(FmcT|)";

        expectObservable(first.pipe(turn(() => second))).toBe(expected, { ...VALUES, T: RELEASED });
      });
    });
  });
});

describe("unsubscribing", () => {
  test("aborts round 1, and opens nothing", () => {
    const open = vi.fn(() => NEVER);
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r---(E|)", { r, E });
      const unsub = "                -!";
      const subs = "                 ^!";
      const expected = "             r-";

      expectObservable(one.pipe(turn(open)), unsub).toBe(expected, VALUES);
      expectSubscriptions(one.subscriptions).toBe(subs);
    });
    expect(open).not.toHaveBeenCalled();
  });

  test("aborts the continuation", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const two = cold<RoundSignal>("  ------u-(F|)", { u, F });
      const unsub = "                -------!";
      const subs1 = "                ^-!";
      const subs2 = "                --^----!";
      const expected = "             r-(ES)--";

      expectObservable(one.pipe(turn(() => two)), unsub).toBe(expected, VALUES);
      expectSubscriptions(one.subscriptions).toBe(subs1);
      expectSubscriptions(two.subscriptions).toBe(subs2);
    });
  });

  test("on round 1's end opens no continuation", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold<RoundSignal>("r-(E|)", { r, E });
      const two = cold<RoundSignal>("  ----u-(F|)", { u, F });
      const subs1 = "                ^-!";
      const expected = "             r-(E|)";

      expectObservable(
        one.pipe(
          turn(() => two),
          take(2),
        ),
      ).toBe(expected, VALUES);
      expectSubscriptions(one.subscriptions).toBe(subs1);
      expectSubscriptions(two.subscriptions).toBe([]);
    });
  });
});

test("state belongs to a subscription", () => {
  marbles(({ cold, expectObservable }) => {
    const one = cold<RoundSignal>("(E|)", { E: roundEnd(1, { held: [m] }) });
    const two = cold<RoundSignal>("----(X|)", { X });
    const folded = one.pipe(turn(() => two));

    expectObservable(folded, "^---------").toBe("(ES)(FmT|)", { ...VALUES, T: RELEASED });
    expectObservable(folded, "-^---------").toBe("-(ES)(FmT|)", { ...VALUES, T: RELEASED });
  });
});
