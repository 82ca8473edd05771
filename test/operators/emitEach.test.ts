import { take } from "rxjs";
import { test } from "vitest";
import { emitEach } from "../../src/operators/emitEach.js";
import { marbles } from "../../src/testing/marbles.js";

const twiceButNotB = () =>
  emitEach<string, string>((emit) => (letter) => {
    if (letter === "b") return;
    emit(letter);
    emit(letter);
  });

test("a step emits none, one or many values for each", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("a---b---c---|");
    const subs = "        ^-----------!";
    const expected = "    (aa)----(cc)|";

    expectObservable(source.pipe(twiceButNotB())).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("errors of the source pass", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("b-#");
    const subs = "        ^-!";
    const expected = "    --#";

    expectObservable(source.pipe(twiceButNotB())).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("a step that throws ends with its error, and lets go of the source", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("a-b-c-|");
    const subs = "        ^-!";
    const expected = "    a-#";
    const step = emitEach<string, string>((emit) => (letter) => {
      if (letter === "b") throw "error";
      emit(letter);
    });

    expectObservable(source.pipe(step)).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("unsubscribing lets go of the source, in the middle of a step too", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("b-a-a-|");
    const subs = "        ^-!";
    const expected = "    --(a|)";

    expectObservable(source.pipe(twiceButNotB(), take(1))).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("state belongs to a subscription", () => {
  marbles(({ cold, expectObservable }) => {
    const counted = cold("a-a-|").pipe(
      emitEach<string, string>((emit) => {
        let count = 0;
        return () => emit(String(++count));
      }),
    );

    expectObservable(counted, "^----!").toBe("1-2-|");
    expectObservable(counted, "-^----!").toBe("-1-2-|");
  });
});
