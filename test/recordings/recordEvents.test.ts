import { describe, expect, test } from "vitest";
import { recordEvents, type StreamEnd } from "../../src/recordings/recordEvents.js";
import { completed, delta, marbles } from "../../src/testing/index.js";

const events = { a: delta("2"), b: delta("9"), t: completed() };

/** What a listener heard, as text. */
function listening() {
  const heard: string[] = [];
  const end = ({ how, ...rest }: StreamEnd): void =>
    void heard.push("error" in rest ? `${how} ${String(rest.error)}` : how);
  return { heard, operator: recordEvents({ event: ({ type }) => void heard.push(type), end }) };
}

const DELTA = "response.output_text.delta";
const TERMINAL = "response.completed";

describe("recordEvents", () => {
  test.each([
    // what              source      given up  result     subscription  heard
    ["a whole stream", "a-b-(t|)", undefined, "a-b-(t|)", "^---!", [DELTA, DELTA, TERMINAL, "completed"]],
    ["no terminal", "a-b|", undefined, "a-b|", "^--!", [DELTA, DELTA, "completed"]],
    ["one that dies", "a-#", undefined, "a-#", "^-!", [DELTA, "error error"]],
    ["given up behind its terminal", "a-t---", "^--!", "a-t-", "^--!", [DELTA, TERMINAL, "completed"]],
    ["given up before it", "a-----", "^--!", "a---", "^--!", [DELTA, "left"]],
  ])("%s", (_, source, givenUp, result, subscription, told) => {
    const { heard, operator } = listening();
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const upstream = cold(source, events);
      expectObservable(upstream.pipe(operator), givenUp).toBe(result, events);
      expectSubscriptions(upstream.subscriptions).toBe(subscription);
    });
    expect(heard).toEqual(told);
  });

  test("a stream subscribed to twice is heard twice", () => {
    const { heard, operator } = listening();
    marbles(({ cold, expectObservable }) => {
      const twice = cold("t|", events).pipe(operator);
      expectObservable(twice, "-!").toBe("t-", events);
      expectObservable(twice, "--!").toBe("t|", events);
    });
    expect(heard.filter((word) => word === "completed")).toHaveLength(2);
  });
});
