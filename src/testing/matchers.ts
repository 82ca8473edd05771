/**
 * Matchers for vitest: import this module once, in a test or a setup file. With other test runners use `violations()`
 * and `oneResponseProblems()`, which return what is wrong.
 *
 * - `expect(events).toBeOneResponse()`: one `response.created`, one terminal and it is last, one id, gapless numbers.
 * - `expect(await watchFold(rounds)).toKeepInvariants()`: the fold kept what it promises.
 *
 * @module codexcomp/testing/vitest
 */
import { expect } from "vitest";
import type { ResponseEvent } from "../protocol/event.js";
import { oneResponseProblems } from "./invariants/oneResponse.js";
import { violations } from "./invariants/violations.js";
import type { WatchedTurn } from "./invariants/watchedTurn.js";

interface ResponseMatchers<R> {
  /**
   * The events are one response: one `response.created`, one terminal and it is last, one id, `sequence_number`
   * 0, 1, 2, ..., `output_index` without gaps.
   */
  toBeOneResponse: () => R;
  /** The turn, as `watchFold()` gives it, keeps the invariants of docs/how-it-works.md. */
  toKeepInvariants: () => R;
}

declare module "vitest" {
  // oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-explicit-any -- vitest's own declaration, which this one merges with
  interface Matchers<T = any> extends ResponseMatchers<T> {}
}

expect.extend({
  toBeOneResponse: (events: readonly ResponseEvent[]) => verdict("one response", oneResponseProblems(events)),
  toKeepInvariants: (turn: WatchedTurn) => verdict("a turn that keeps the invariants", violations(turn)),
});

function verdict(what: string, problems: readonly string[]) {
  return {
    pass: problems.length === 0,
    message: () =>
      problems.length === 0 ? `This is ${what}.` : `This is not ${what}:\n  ${problems.join("\n  ")}`,
  };
}
