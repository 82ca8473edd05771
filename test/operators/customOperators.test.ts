import { createRequire } from "node:module";
import type * as RxJS from "rxjs";
import {
  EMPTY,
  NEVER,
  Observable,
  bufferCount,
  catchError,
  concatMap,
  concatWith,
  delay,
  filter,
  finalize,
  from,
  interval,
  map,
  mergeWith,
  of,
  switchMap,
  take,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
} from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { customOperators, type CustomOperator } from "../../src/operators/customOperators.js";
import type { ResponseEvent } from "../../src/protocol/event.js";
import { comment, completed, delta, event } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";
import { operatorContext } from "../../src/testing/operatorContext.js";

const a = delta("a", { sequence_number: 1 });
const b = delta("b", { sequence_number: 2 });
const c = delta("c", { sequence_number: 3 });
const t = completed({ fields: { sequence_number: 4 } });
const A = delta("A", { sequence_number: 1 });
const B = delta("B", { sequence_number: 2 });
const C = delta("C", { sequence_number: 3 });
const events = { a, b, c, t, A, B, C };

const upper = (one: ResponseEvent): ResponseEvent => (one === a ? A : one === b ? B : one === c ? C : one);

const context = operatorContext();

const bug = new Error("bug");
const fail = (): never => {
  throw bug;
};
const failOn =
  (bad: ResponseEvent) =>
  (one: ResponseEvent): ResponseEvent =>
    one === bad ? fail() : upper(one);

/** Puts operators in place and counts their failures. */
function place(...operators: MonoTypeOperatorFunction<ResponseEvent>[]) {
  const onFailure = vi.fn<(operator: CustomOperator, error: unknown) => void>();
  const custom = operators.map((operator) => () => operator);
  const placed = customOperators(custom, () => context, onFailure);
  return { placed, onFailure, errors: () => onFailure.mock.calls.map(([, error]) => error) };
}

describe("operators that work", () => {
  test("without any, the stream is the very stream it was", () => {
    const source = of(a);
    expect(source.pipe(customOperators([], () => context, fail))).toBe(source);
  });

  test("each sees what the one before it let out", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      const subs = "        ^-----!";
      const expected = "    A---C-|";
      const { placed } = place(
        filter((one) => one !== b),
        map(upper),
      );

      expectObservable(source.pipe(placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("each is told of its turn, and made anew for every subscription", () => {
    const told = vi.fn();
    const operator: CustomOperator = (given) => {
      told(given);
      let seen = 0;
      return map((one) => (seen++ === 0 ? upper(one) : one));
    };
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-b-|", events);
      const expected = "    A-b-|";
      const placed = source.pipe(customOperators([operator], () => context, fail));

      expectObservable(placed).toBe(expected, events);
      expectObservable(placed).toBe(expected, events);
    });
    expect(told.mock.calls).toEqual([[context], [context]]);
  });

  test("one that completes ends the stream, and lets go of the source", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      const subs = "        ^-!    ";
      const expected = "    a-(b|) ";

      expectObservable(source.pipe(place(take(2)).placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("one that does not want the source does not have it asked", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);

      expectObservable(source.pipe(place(() => EMPTY).placed)).toBe("|");
      expectObservable(source.pipe(place(() => NEVER).placed)).toBe("-");
      expectSubscriptions(source.subscriptions).toBe([]);
    });
  });

  test("one that begins late misses nothing", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("     a-b-c-|", events);
      const subs = "        ---^-----!";
      const expected = "    ---a-b-c-|";
      const late: MonoTypeOperatorFunction<ResponseEvent> = (stream) =>
        timer(3).pipe(switchMap(() => stream));

      expectObservable(source.pipe(place(late).placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("one that listens twice does not ask twice", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a---b---|", events);
      const subs = "        ^-------!";
      const expected = "    (Aa)(Bb)|";
      const twice: MonoTypeOperatorFunction<ResponseEvent> = (stream) =>
        stream.pipe(map(upper), mergeWith(stream));

      expectObservable(source.pipe(place(twice).placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("one that goes on by itself after the terminal is no longer waited for", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-t-----|", events);
      const subs = "        ^-------!";
      const expected = "    a-t--x--|";
      const x = comment("still here");
      const restless: MonoTypeOperatorFunction<ResponseEvent> = (stream) =>
        stream.pipe(mergeWith(interval(5).pipe(map(() => x))));

      expectObservable(source.pipe(place(restless).placed)).toBe(expected, { ...events, x });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("one that is late with the terminal is waited for", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-t|", events);
      const expected = "    ---a-(t|)";

      expectObservable(source.pipe(place(delay(3)).placed)).toBe(expected, events);
    });
  });

  test("they may be made with another copy of RxJS", () => {
    const require = createRequire(import.meta.url);
    const path = require.resolve("rxjs");
    for (const file of Object.keys(require.cache)) if (file.includes("rxjs")) delete require.cache[file];
    const other = require(path) as typeof RxJS;
    expect(other.Observable).not.toBe(Observable);
    const { placed, errors } = place(
      other.pipe(
        other.map(upper),
        other.concatMap((one) => other.of(one)),
        other.take(3),
      ),
    );
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      const subs = "        ^---!  ";
      const expected = "    A-B-(C|)";

      expectObservable(source.pipe(placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(errors()).toEqual([]);
  });
});

describe("operators that fail", () => {
  const cases: [string, MonoTypeOperatorFunction<ResponseEvent>][] = [
    ["when it is put in place", fail],
    ["as soon as it is listened to", () => throwError(() => bug)],
    ["by being no operator", () => undefined as never],
  ];
  test.each(cases)("one that throws %s is left out", (_, operator) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      const subs = "        ^-----!";
      const expected = "    A-B-C-|";
      const { placed } = place(map(upper), operator);

      expectObservable(source.pipe(placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("its creator may throw as well", () => {
    const onFailure = vi.fn();
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-b-c-|", events);
      const expected = "    a-b-c-|";

      expectObservable(source.pipe(customOperators([fail], () => context, onFailure))).toBe(expected, events);
    });
    expect(onFailure.mock.calls).toEqual([[fail, bug]]);
  });

  test("one that throws on an event is taken out: that event and all later ones pass", () => {
    const { placed, errors } = place(map(failOn(b)));
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-|", events);
      const subs = "        ^-----!";
      const expected = "    A-b-c-|";

      expectObservable(source.pipe(placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(errors()).toEqual([bug]);
  });

  test("the others work on", () => {
    const { placed, errors } = place(map(fail), map(upper), map(fail));
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-b-c-|", events);
      const expected = "    A-B-C-|";

      expectObservable(source.pipe(placed)).toBe(expected, events);
    });
    expect(errors()).toEqual([bug, bug]);
  });

  test("one that fails in the background loses nothing that it has taken in", () => {
    marbles(({ cold, expectObservable }) => {
      const slow = (one: ResponseEvent) => timer(3).pipe(map(() => failOn(b)(one)));
      const source = cold("abc-------|", events);
      const expected = "    ---A--(bc)|";

      expectObservable(source.pipe(place(concatMap(slow)).placed)).toBe(expected, events);
    });
  });

  test("one that fails after the source has ended loses nothing either", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = (one: ResponseEvent) => timer(3).pipe(map(() => failOn(b)(one)));
      const source = cold("abc|", events);
      const subs = "        ^--!";
      const expected = "    ---A--(bc|)";

      expectObservable(source.pipe(place(concatMap(slow)).placed)).toBe(expected, events);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("one that collects gives up its collection, but not what it has let out already", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-b-c----|", events);
      const expected = "    ----(Abc)|";
      const { placed } = place((stream) => stream.pipe(bufferCount(3), concatMap(from), map(failOn(b))));

      expectObservable(source.pipe(placed)).toBe(expected, events);
    });
  });

  test("events without numbers are told apart by their types", () => {
    marbles(({ cold, expectObservable }) => {
      const [x, y, z, X] = [delta("x"), event("response.new"), comment("z"), delta("X")];
      const source = cold("x-y-z-|", { x, y, z });
      const expected = "    X-y-z-|";
      const shout = (one: ResponseEvent) => (one === x ? X : fail());

      expectObservable(source.pipe(place(map(shout)).placed)).toBe(expected, { X, y, z });
    });
  });

  test("one that adds events lost none when it fails", () => {
    marbles(({ cold, expectObservable }) => {
      const x = event("response.extra");
      const source = cold("a----b---c-|", events);
      const expected = "    (xA)-(xb)c-|";
      const adding = concatMap((one: ResponseEvent) =>
        of(x, one).pipe(map((two) => (two === b ? fail() : upper(two)))),
      );

      expectObservable(source.pipe(place(adding).placed)).toBe(expected, { ...events, x });
    });
  });

  test("one that listens with an observer of its own may throw there", () => {
    const shout: MonoTypeOperatorFunction<ResponseEvent> = (stream) =>
      new Observable((subscriber) =>
        stream.subscribe({
          next: (one) => subscriber.next(failOn(b)(one)),
          complete: () => subscriber.complete(),
        }),
      );
    const { placed, errors } = place(shout);
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-b-c-|", events);
      const expected = "    A-b-c-|";

      expectObservable(source.pipe(placed)).toBe(expected, events);
    });
    expect(errors()).toEqual([bug]);
  });

  test("one that throws while it is torn down does no harm", () => {
    const { placed, errors } = place(finalize(fail));
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(" a-b-c-|", events);
      const complete = "    ^-----!";
      const unsubscribed = "^--!";

      expectObservable(source.pipe(placed)).toBe("a-b-c-|", events);
      expectObservable(source.pipe(placed), unsubscribed).toBe("a-b-", events);
      expectSubscriptions(source.subscriptions).toBe([complete, unsubscribed]);
    });
    expect(errors()).toEqual([expect.anything(), expect.anything()]);
  });
});

describe("the source's own errors", () => {
  test("reach the operator, and pass on", () => {
    const { placed, errors } = place(map(upper), map(upper));
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-#", events, bug);
      const subs = "        ^---!";
      const expected = "    A-B-#";

      expectObservable(source.pipe(placed)).toBe(expected, events, bug);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(errors()).toEqual([]);
  });

  test("can be caught by it", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-#", events, bug);
      const expected = "    a-(t|)";

      expectObservable(source.pipe(place(catchError(() => of(t))).placed)).toBe(expected, events);
    });
  });

  test("are not replaced by the operator's own", () => {
    const { placed, errors } = place(catchError(() => throwError(() => "another")));
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-#", events, bug);
      const expected = "    a-#";

      expectObservable(source.pipe(placed)).toBe(expected, events, bug);
    });
    expect(errors()).toEqual(["another"]);
  });

  test("pass where the operator was taken out before", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-b-#", events, bug);
      const expected = "    A-b-#";

      expectObservable(source.pipe(place(map(failOn(b))).placed)).toBe(expected, events, bug);
    });
  });

  test("end the stream of an operator that listens for values only", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("a-#", events, bug);
      const expected = "    A-#";
      const careless: MonoTypeOperatorFunction<ResponseEvent> = (stream) =>
        new Observable((subscriber) => stream.subscribe((one) => subscriber.next(upper(one))));

      expectObservable(source.pipe(place(careless).placed)).toBe(expected, events, bug);
    });
  });
});

test("unsubscribing lets go of the operator and of the source", () => {
  const torn = vi.fn();
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("a-b-c-|", events);
    const subs = "        ^--!   ";
    const expected = "    a-b-   ";
    const { placed } = place(concatWith(NEVER), finalize(torn));

    expectObservable(source.pipe(placed), subs).toBe(expected, events);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
  expect(torn).toHaveBeenCalledTimes(1);
});
