import { deepStrictEqual } from "node:assert/strict";
import { TestScheduler, type RunHelpers } from "rxjs/testing";
import type { ResponseEvent } from "../protocol/event.js";

/**
 * Runs a marble test of operators over `ResponseEvent`s, in virtual time.
 *
 * ```ts
 * marbles(({ cold, expectObservable, expectSubscriptions }) => {
 *   const source =  cold("a-b-(t|)", { a: delta("2"), b: delta("9"), t: completed({ reasoning: 516 }) });
 *   const subs =         "^---!";
 *   const expected =     "a-b-(t|)";
 *
 *   expectObservable(source.pipe(myOperator())).toBe(expected, { a: ..., b: ..., t: ... });
 *   expectSubscriptions(source.subscriptions).toBe(subs);
 * });
 * ```
 *
 * Events are equal when their `data` is: the text that would go over the wire. A mismatch shows both sides as
 * one line a notification. Works with any test runner.
 *
 * @throws `AssertionError` when an expectation does not hold
 */
export function marbles<T>(test: (helpers: RunHelpers) => T): T {
  return new TestScheduler(assertEqual).run(test);
}

function assertEqual(actual: unknown, expected: unknown): void {
  deepStrictEqual(toLines(actual), toLines(expected));
}

function toLines(flow: unknown): unknown {
  return Array.isArray(flow) ? flow.map(toLine) : readable(flow);
}

interface Logged {
  readonly frame?: number;
  readonly notification?: {
    readonly kind: "N" | "E" | "C";
    readonly value?: unknown;
    readonly error?: unknown;
  };
  readonly subscribedFrame?: number;
  readonly unsubscribedFrame?: number;
}

function toLine({ frame, notification, subscribedFrame, unsubscribedFrame }: Logged): unknown {
  if (!notification) return `subscribed at ${subscribedFrame}, unsubscribed at ${unsubscribedFrame}`;
  switch (notification.kind) {
    case "N":
      return { [`${frame} next`]: readable(notification.value) };
    case "E":
      return { [`${frame} error`]: notification.error };
    case "C":
      return `${frame} complete`;
  }
}

/** Events as their text, wherever they are inside the value. */
function readable(value: unknown): unknown {
  if (isEventLike(value)) return value.framing?.comment ? `: ${value.data}` : value.data;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, readable(member)]),
  );
}

function isEventLike(value: unknown): value is ResponseEvent {
  return typeof value === "object" && value !== null && "data" in value && "json" in value;
}
