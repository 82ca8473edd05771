import { asyncScheduler, take, type SchedulerLike } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { keepAlive } from "../../src/operators/keepAlive.js";
import { final, type TurnSignal } from "../../src/protocol/signals.js";
import { comment, created, delta, inProgress, rateLimits, summaryDelta } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";
import { roundEnd } from "./roundEnds.js";

const p = inProgress();
const h = summaryDelta("hm");
const q = rateLimits();
const H = { kind: "hold_start" } as const;
const R = { kind: "hold_release" } as const;
const S = { kind: "round_start", round: 2 } as const;
const E = roundEnd(1);
const F = { ...E, verdict: final("natural") };
const T = { kind: "turn_end", rounds: [F], released: F, reason: "natural", given: [] } as const;
const VALUES: Record<string, TurnSignal> = { p, h, q, H, R, S, E, F, T, d: delta("29") };

/** Frames of virtual time, in seconds. */
const FOUR = 0.004;
const SIX = 0.006;

describe("while output is held", () => {
  test("the last response.in_progress is repeated after each silence", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const turn = cold("    p--H-----------(FdT|)", VALUES);
      const subs = "         ^--------------!";
      const expected = "     p--H---p---p---(FdT|)";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test("silence begins anew with every event that the client gets", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--H--q------q---|", VALUES);
      const expected = "     p--H--q---p--q---|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
    });
  });

  test("comments break no silence: Codex's idle timer does not see them", () => {
    marbles(({ cold, expectObservable }) => {
      const values = { ...VALUES, c: comment("ping") };
      const turn = cold("    p--H--c-------|", values);
      const expected = "     p--H--cp---p--|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, values);
    });
  });

  test("an event that a user's operator made by hand breaks it as any other", () => {
    marbles(({ cold, expectObservable }) => {
      const values = { ...VALUES, x: { type: h.type, data: h.data, json: h.json } };
      const turn = cold("    p--H--x-------|", values);
      const expected = "     p--H--x---p---|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, values);
    });
  });

  test("a short hold needs nothing", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--------H---(FdT|)", VALUES);
      const expected = "     p--------H---(FdT|)";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
    });
  });

  test("of several response.in_progress the last one counts", () => {
    marbles(({ cold, expectObservable }) => {
      const values = { ...VALUES, o: inProgress({ status: "queued" }) };
      const turn = cold("    o-p-H-----|", values);
      const expected = "     o-p-H---p-|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, values);
    });
  });

  test("nothing is made up where the upstream sent none", () => {
    marbles(({ cold, expectObservable }) => {
      const values = { ...VALUES, c: created() };
      const turn = cold("    c--H--------------|", values);
      const expected = "     c--H--------------|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, values);
    });
  });
});

test("what goes by while output is held costs no timer each", () => {
  const scheduled = vi.spyOn(asyncScheduler, "schedule");
  marbles(({ cold, expectObservable }) => {
    const values = { ...VALUES, c: comment("ping") };
    const burst = "(pH)qcpqcpqcpqcpqcpqcpqcpqcp|";
    expectObservable(cold(burst, values).pipe(keepAlive(1))).toBe(burst, values);
  });

  expect(scheduled.mock.calls).toHaveLength(1);
  scheduled.mockRestore();
});

test("a wall clock that is set back does not make the silence longer than two", () => {
  marbles(({ cold, expectObservable, time }) => {
    const set = time("    -----|");
    const clock: SchedulerLike = {
      now: () => (asyncScheduler.now() < set ? asyncScheduler.now() : asyncScheduler.now() - 86_400_000),
      schedule: asyncScheduler.schedule.bind(asyncScheduler) as SchedulerLike["schedule"],
    };
    const turn = cold("    p--H----------|", VALUES);
    const expected = "     p--H-------p--|";

    expectObservable(turn.pipe(keepAlive(FOUR, clock))).toBe(expected, VALUES);
  });
});

describe("from round to round", () => {
  test("waiting for a continuation is silence", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--H(ES)--------h-|", VALUES);
      const expected = "     p--H(ES)-p-----ph-|";

      expectObservable(turn.pipe(keepAlive(SIX))).toBe(expected, VALUES);
    });
  });

  test("a continuation that streams its thinking is not silent", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--H(ES)h----h----h-------|", VALUES);
      const expected = "     p--H(ES)h----h----h-----p-|";

      expectObservable(turn.pipe(keepAlive(SIX))).toBe(expected, VALUES);
    });
  });
});

describe("it is quiet", () => {
  test("where nothing is held", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p-----------h-----------(FT|)", VALUES);
      const expected = "     p-----------h-----------(FT|)";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
    });
  });

  test("once what was held goes out", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--H-----R-d---------|", VALUES);
      const expected = "     p--H---p-R-d---------|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
    });
  });

  test("once the turn has ended, though the stream has not", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--H(FdT)---------|", VALUES);
      const expected = "     p--H(FdT)---------|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
    });
  });

  test("for ever with 0", () => {
    marbles(({ cold, expectObservable }) => {
      const turn = cold("    p--H 1h |", VALUES);
      const expected = "     p--H 1h |";

      expectObservable(turn.pipe(keepAlive(0))).toBe(expected, VALUES);
    });
  });
});

describe("the end of the stream is the end", () => {
  test("completion", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const turn = cold("    p--H--|", VALUES);
      const subs = "         ^-----!";
      const expected = "     p--H--|";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test("an error", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const turn = cold("    p--H-----#", VALUES);
      const subs = "         ^--------!";
      const expected = "     p--H---p-#";

      expectObservable(turn.pipe(keepAlive(FOUR))).toBe(expected, VALUES);
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test("unsubscribing, which aborts the upstream and stops the clock", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const turn = cold("    p--H-----------|", VALUES);
      const subs = "         ^------!";
      const expected = "     p--H---(p|)";

      expectObservable(turn.pipe(keepAlive(FOUR), take(3))).toBe(expected, VALUES);
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });
});

test("it is subscribed to once, however many look at it", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const turn = cold("      p--H-|", VALUES);
    const subs = "           ^----!";

    expectObservable(turn.pipe(keepAlive(FOUR))).toBe("p--H-|", VALUES);
    expectSubscriptions(turn.subscriptions).toBe([subs]);
  });
});

test("a repeated event is marked, for the numbers behind it move up", () => {
  const seen: TurnSignal[] = [];
  marbles(({ cold }) => {
    cold("p--H-----|", VALUES)
      .pipe(keepAlive(FOUR))
      .subscribe((signal) => seen.push(signal));
  });

  expect(seen).toMatchObject([{ framing: {} }, H, { framing: { repeated: true }, data: p.data }]);
  expect(seen[0]).not.toMatchObject({ framing: { repeated: true } });
});
