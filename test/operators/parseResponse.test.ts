import { describe, expect, test } from "vitest";
import { NoResponse, parseResponse } from "../../src/operators/parseResponse.js";
import { event, itemAdded, itemDone } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";

const about = { id: "resp_1", object: "response", created_at: 7, model: "m" };
const thought = { id: "rs_1", type: "reasoning", encrypted_content: "gAAAAA" };
const answer = { id: "msg_1", type: "message", content: [] };
const whole = (status: string, output: readonly object[]) => ({ ...about, status, output });

const c = event("response.created", { response: whole("in_progress", []), sequence_number: 0 });
const r = itemAdded(thought, { output_index: 0, sequence_number: 1 });
const R = itemDone(thought, { output_index: 0, sequence_number: 2 });
const m = itemAdded(answer, { output_index: 1, sequence_number: 3 });
const M = itemDone(answer, { output_index: 1, sequence_number: 4 });

describe("a response that came whole", () => {
  test("becomes its beginning, its items in their order, and its end", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const response = whole("completed", [thought, answer]);
      const t = event("response.completed", { response, sequence_number: 5 });
      const source = cold("--(x|)", { x: JSON.stringify(response) });
      const subs = "        ^-!";
      const expected = "    --(crRmMt|)";

      expectObservable(source.pipe(parseResponse())).toBe(expected, { c, r, R, m, M, t });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test.each(["failed", "incomplete"])("may be one that %s", (status) => {
    marbles(({ cold, expectObservable }) => {
      const response = whole(status, []);
      const t = event(`response.${status}`, { response, sequence_number: 1 });
      const source = cold("--(x|)", { x: JSON.stringify(response) });
      const expected = "    --(ct|)";

      expectObservable(source.pipe(parseResponse())).toBe(expected, { c, t });
    });
  });
});

describe("what is no response that is over", () => {
  test.each([
    ["no JSON", "<html>"],
    ["JSON of another kind", '{"error":{"message":"no"}}'],
    ["a chat completion", '{"object":"chat.completion","choices":[]}'],
    ["one that is only filed", JSON.stringify(whole("queued", []))],
  ])("is an error: %s", (_, x) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("--x--|", { x });
      const subs = "        ^-!";
      const expected = "    --#";

      const error = new NoResponse("the upstream's answer is not a response that is over");
      expectObservable(source.pipe(parseResponse())).toBe(expected, undefined, error);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });
});

test("a recording calls the error by its name", () => {
  expect(new NoResponse("no").name).toBe("NoResponse");
});

test("the source's own errors pass", () => {
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold<string>("--#").pipe(parseResponse())).toBe("--#");
  });
});

test("unsubscribing lets go of the source", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold<string>("-----(x|)");
    expectObservable(source.pipe(parseResponse()), "^--!").toBe("----");
    expectSubscriptions(source.subscriptions).toBe("^--!");
  });
});
