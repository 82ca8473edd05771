import { describe, expect, test } from "vitest";
import { withData } from "../../src/protocol/event.js";
import {
  billedUsage,
  foldedUsage,
  reportsReasoning,
  toWireUsage,
  usageOf,
} from "../../src/protocol/usage.js";
import { comment, completed, created, event, failed } from "../../src/testing/events.js";

const usage = (input: number, cached: number, output: number, reasoning: number) => ({
  input,
  cached,
  output,
  reasoning,
  total: input + output,
});

describe("usageOf", () => {
  test("reads a terminal", () => {
    const terminal = completed({ input: 4582, cached: 3840, output: 862, reasoning: 516 });

    expect(usageOf(terminal)).toEqual(usage(4582, 3840, 862, 516));
  });

  test("takes the total as reported", () => {
    const terminal = completed({
      response: { usage: { input_tokens: 1, output_tokens: 2, total_tokens: 7 } },
    });

    expect(usageOf(terminal)).toEqual({ input: 1, cached: 0, output: 2, reasoning: 0, total: 7 });
  });

  test("counts what is missing, or no number, as nothing", () => {
    const terminal = completed({
      response: { usage: { input_tokens: "5", output_tokens: 2, output_tokens_details: null } },
    });

    expect(usageOf(terminal)).toEqual({ input: 0, cached: 0, output: 2, reasoning: 0, total: 2 });
  });

  test("counts what is beyond all numbers as nothing", () => {
    const terminal = event("response.completed", {
      response: { usage: { input_tokens: 0, output_tokens: 2 } },
    });
    const endless = withData(terminal, terminal.data.replace('"input_tokens":0', '"input_tokens":1e999'));

    expect(usageOf(endless)).toMatchObject({ input: 0, output: 2, total: 2 });
  });

  test.each([
    ["no event", undefined],
    ["an event without usage", created()],
    ["a comment", comment("ping")],
    ["a failure", failed()],
    ["usage: null", completed({ response: { usage: null } })],
  ])("%s has none", (_, terminal) => {
    expect(usageOf(terminal)).toBeUndefined();
  });
});

test.each([
  [completed({ reasoning: 0 }), true],
  [completed({ reasoning: 516 }), true],
  [completed({ response: { usage: { input_tokens: 1, output_tokens: 1 } } }), false],
  [completed({ response: { usage: null } }), false],
  [undefined, false],
])("reportsReasoning: %#", (terminal, reports) => {
  expect(reportsReasoning(terminal)).toBe(reports);
});

describe("sums", () => {
  const first = usage(21550, 20000, 664, 516);
  const second = usage(22606, 21504, 566, 291);

  test("billed is the sum over all rounds, in every column", () => {
    expect(billedUsage([first, second])).toEqual(usage(44156, 41504, 1230, 807));
  });

  test("a round that reported nothing counts as nothing", () => {
    expect(billedUsage([first, undefined])).toEqual(first);
    expect(billedUsage([])).toEqual(usage(0, 0, 0, 0));
  });

  test("folded: round 1's input and cached, all reasoning, the released round's answer", () => {
    expect(foldedUsage([first, second], second)).toEqual(usage(21550, 20000, 807 + (566 - 291), 807));
  });

  test("folded, where round 1 is released after a failed continuation: what round 1 used", () => {
    expect(foldedUsage([first, undefined], first)).toEqual(first);
  });

  test("folded over three rounds: the hidden answers do not count", () => {
    const third = usage(23000, 22000, 40, 30);

    expect(foldedUsage([first, second, third], third)).toEqual(usage(21550, 20000, 837 + 10, 837));
  });
});

test("toWireUsage uses the API's words", () => {
  expect(toWireUsage(usage(1, 2, 3, 4))).toEqual({
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 2 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: 4,
  });
});
