import {
  Observable,
  catchError,
  concatWith,
  delay,
  finalize,
  map,
  mergeWith,
  of,
  switchMap,
  timer,
  type MonoTypeOperatorFunction,
} from "rxjs";
import { describe, expect, test } from "vitest";
import { guardOperator } from "../../src/operators/guardOperator.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { completed, delta } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";

type Operator = MonoTypeOperatorFunction<ResponseEvent>;

const a = delta("a", { sequence_number: 1 });
const b = delta("b", { sequence_number: 2 });
const c = delta("c", { sequence_number: 3 });
const t = completed({ fields: { sequence_number: 4 } });
const d = responseEvent("[DONE]");
const A = delta("A", { sequence_number: 1 });
const B = delta("B", { sequence_number: 2 });
const C = delta("C", { sequence_number: 3 });
const events = { a, b, c, t, d, A, B, C };

const upper = (one: ResponseEvent): ResponseEvent => (one === a ? A : one === b ? B : one === c ? C : one);
const bug = new Error("bug");
const fail = (): never => {
  throw bug;
};
const failOnB = (one: ResponseEvent): ResponseEvent => (one === b ? fail() : upper(one));

/** Puts an operator in place, and keeps what it failed of. */
function guarded(operator: Operator) {
  const failures: unknown[] = [];
  return { placed: guardOperator(operator, (error) => failures.push(error)), failures };
}

describe("the end of a response", () => {
  test.each<[string, Operator, string, string]>([
    ["what stands behind the terminal is waited for", delay(3), "a-td|", "---a-t(d|)"],
    ["one that makes an end of an error says all it has", catchError(() => of(t, d)), "a-#  ", "a-(td|)"],
    [
      "without a terminal, one that has more to say is waited for",
      (stream) => stream.pipe(concatWith(timer(3).pipe(map(() => t)))),
      "a-|",
      "a----(t|)",
    ],
  ])("%s", (_, operator, given, expected) => {
    marbles(({ cold, expectObservable }) => {
      const source = cold(given, events, bug);
      expectObservable(source.pipe(guarded(operator).placed)).toBe(expected, events);
    });
  });
});

test("one that listens twice misses nothing of a source that says all at once", () => {
  marbles(({ expectObservable }) => {
    const twice: Operator = (stream) => stream.pipe(map(upper), mergeWith(stream));

    expectObservable(of(a, b).pipe(guarded(twice).placed)).toBe("(AaBb|)", events);
  });
});

describe("one that listens with observers of its own", () => {
  /** What it hands to `subscribe`, given the subscriber of what comes out. */
  type Arguments = (out: { next: (one: ResponseEvent) => void; complete: () => void }) => unknown[];
  const listening =
    (args: Arguments): Operator =>
    (stream) =>
      new Observable((out) => Reflect.apply(stream.subscribe, stream, args(out)));

  test.each<[string, Arguments]>([
    [
      "one object",
      (out) => [
        {
          next: (one: ResponseEvent) => out.next(upper(one)),
          error: () => (out.next(t), out.complete()),
          complete: () => out.complete(),
        },
      ],
    ],
    [
      "functions in a row",
      (out) => [
        (one: ResponseEvent) => out.next(upper(one)),
        () => (out.next(t), out.complete()),
        () => out.complete(),
      ],
    ],
  ])("hears of events, of the end and of errors: %s", (_, args) => {
    const { placed, failures } = guarded(listening(args));
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold("a-b-|", events).pipe(placed)).toBe("A-B-|", events);
      expectObservable(cold("a-b-#", events, bug).pipe(placed)).toBe("A-B-(t|)", events);
    });
    expect(failures).toEqual([]);
  });

  test.each<[string, Arguments]>([
    ["for the end only", (out) => [{ complete: () => out.complete() }]],
    ["for the end only, in a row", (out) => [null, null, () => out.complete()]],
  ])("may listen %s", (_, args) => {
    const { placed, failures } = guarded(listening(args));
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold("a-b-|", events).pipe(placed)).toBe("----|", events);
    });
    expect(failures).toEqual([]);
  });

  test("need not listen for the end", () => {
    const { placed, failures } = guarded(listening((out) => [{ next: out.next.bind(out) }]));
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold("a-t-|", events).pipe(placed)).toBe("a-t-|", events);
    });
    expect(failures).toEqual([]);
  });
});

describe("an operator that fails", () => {
  test("is told of once, and loses nothing, though it fails again while it is torn down", () => {
    const { placed, failures } = guarded((stream) => stream.pipe(map(failOnB), finalize(fail)));
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      const subs = "        ^-----!";
      const expected = "    A-b-c-|";

      expectObservable(source.pipe(placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(failures).toHaveLength(1);
  });

  test("lets go at once of what it listens to beside its stream", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const beside = cold<never>("----------|");
      const source = cold("    a-b-c-|", events);
      const subs = "           ^-!";
      const expected = "       A-b-c-|";
      const operator: Operator = (stream) =>
        new Observable((out) => {
          out.add(beside.subscribe());
          out.add(stream.subscribe({ next: (one) => out.next(failOnB(one)) }));
        });

      expectObservable(source.pipe(guarded(operator).placed)).toBe(expected, events);
      expectSubscriptions(beside.subscriptions).toBe(subs);
    });
  });

  test("after the client has left does not have the upstream asked", () => {
    const { placed, failures } = guarded((stream) =>
      timer(3).pipe(
        switchMap(() => stream),
        finalize(fail),
      ),
    );
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      expectObservable(source.pipe(placed), "-!").toBe("--");
      expectSubscriptions(source.subscriptions).toBe([]);
    });
    expect(failures).toHaveLength(1);
  });
});
