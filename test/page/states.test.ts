import { EMPTY, of, timer, map as mapTo, type Observable } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, test, vi } from "vitest";
import type { History, Message, Program } from "../../src/page/messages.js";
import { NOTHING_YET } from "../../src/page/state/live.js";
import { firstState, nextState, type Happening, type PageState } from "../../src/page/state/pageState.js";
import { histories, states, ticks, whileVisible } from "../../src/page/stream/states.js";

const program: Program = { version: "1", node: "20", upstream: "auto", startedAt: 5, journal: true };
const history: History = { at: 0, warnings: [] };
const turn: Message = { kind: "turn_started", at: 0, id: "a", model: "m", transport: "http" };
const over: Message = {
  ...{ kind: "turn", id: "a" },
  end: {
    ...{ at: 1, outcome: "completed", stop: "natural", seconds: 1, addedSeconds: 0 },
    billed: { input: 0, cached: 0, output: 0, reasoning: 0, total: 0 },
  },
};
const o: Happening = { kind: "open" };
const l: Happening = { kind: "lost" };
const s: Happening = { kind: "snapshot", now: 1000, program, live: NOTHING_YET };
const m: Happening = { kind: "messages", messages: [turn] };
const e: Happening = { kind: "messages", messages: [over] };

function marbles(run: Parameters<TestScheduler["run"]>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
}

describe("the states", () => {
  const brief = ({ connection, live, now }: PageState): string =>
    `${connection} ${live.running.length}/${live.finished.length} at ${now}`;

  test("follow what happens, by the proxy's clock", () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const happenings = hot<Happening>("-o-s-m-e-l|", { o, s, m, e, l });
      const subs = "                             ^---------!";
      const expected = "                         ab-c-d-e-f|";

      expectObservable(happenings.pipe(states(), mapTo(brief))).toBe(expected, {
        a: "connecting 0/0 at 0",
        b: "open 0/0 at 1",
        c: "open 0/0 at 1000",
        d: "open 1/0 at 1002",
        e: "open 0/1 at 1004",
        f: "lost 0/1 at 1006",
      });
      expectSubscriptions(happenings.subscriptions).toBe(subs);
    });
  });

  test("of another process begin anew, and what a person has chosen stays", () => {
    const vitals = { now: 0, memory: 1, delay: { p50: 0, p99: 0 }, counters: {} };
    const before = ([s, m, { kind: "vitals", vitals }, { kind: "span", span: "week" }] as Happening[]).reduce(
      (state, happening) => nextState(state, happening, 0),
      firstState(0),
    );
    const after = nextState(before, { ...s, program: { ...program, startedAt: 6 } } as Happening, 0);

    expect(before).toMatchObject({ vitals: [vitals], live: { running: [{ id: "a" }] } });
    expect(after).toMatchObject({ vitals: [], live: { running: [] }, span: "week" });
    expect(nextState(before, s, 0).vitals).toEqual([vitals]);
  });
});

describe("the history", () => {
  const h: Happening = { kind: "history", history };

  test("is asked for at once, and then when turns have ended, not all the time", () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const happenings = hot<Happening>("s-m-e-e 40s e-e", { s, m, e });
      const subs = "                             ^ 35s !";
      const expected = "                         h 29999ms h";

      expectObservable(happenings.pipe(histories(() => of(history))), subs).toBe(expected, { h });
      expectSubscriptions(happenings.subscriptions).toBe(subs);
    });
  });

  test("is not asked for while it is being asked for", () => {
    marbles(({ hot, expectObservable }) => {
      const happenings = hot<Happening>("s-e 70s e", { s, e });
      let asked = 0;
      const ask = () => timer(50_000).pipe(mapTo(() => ({ ...history, at: ++asked })));

      expectObservable(happenings.pipe(histories(ask)), "^ 90s !").toBe("50s x", {
        x: { kind: "history", history: { ...history, at: 1 } },
      });
    });
  });

  test("that cannot be had leaves what was there", () => {
    marbles(({ hot, expectObservable }) => {
      const happenings = hot<Happening>("s 40s e", { s, e });
      const ask = vi.fn<() => Observable<History>>(() => of(history)).mockReturnValueOnce(EMPTY);

      expectObservable(happenings.pipe(histories(ask)), "^ 50s !").toBe("40001ms h", { h });
    });
  });
});

test("time goes on quickly while turns run, slowly while none do", () => {
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const idle: PageState = { ...firstState(0), connection: "open" };
    const running: PageState = { ...idle, live: { ...NOTHING_YET, running: [{} as never] } };
    const source = hot<PageState>("i 5999ms r 599ms i", { i: idle, r: running });
    const t: Happening = { kind: "tick" };

    expectObservable(ticks(source), "^ 7s !").toBe("5s t 1249ms t 249ms t", { t });
    expectSubscriptions(source.subscriptions).toBe("^ 7s !");
  });
});

test("nothing is heard while nobody looks", () => {
  marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
    const source = cold<string>(" -a-a-a-a-a-a");
    const visible = hot<boolean>("t----f----t----", { t: true, f: false });
    const unsub = "              --------------!";
    const subs = ["              ^----!", "----------^---!"];
    const expected = "           -a-a-------a-a-";

    expectObservable(source.pipe(whileVisible(visible)), unsub).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});
