import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { responseEvent } from "../../src/protocol/event.js";
import { isNumbered, numbersOf, withNumbers } from "../../src/protocol/eventNumbers.js";

const to = { sequence: 41, index: 5 };

/** Whatever may stand beside the numbers, and be taken for them. */
const others = fc.dictionary(
  fc.constantFrom("a", "delta", "sequence_number ", "response", "item"),
  fc.oneof(
    fc.jsonValue().filter((value) => !JSON.stringify(value).includes("\\\\")),
    fc.constantFrom('"sequence_number":7', "\\", '\\"output_index\\":3', "}"),
    fc.record({ sequence_number: fc.nat(), output_index: fc.nat() }),
  ),
);
const numbers = fc.record(
  {
    sequence_number: fc.oneof(fc.nat(), fc.integer(), fc.constantFrom(null, "3", [1], { a: 1 })),
    output_index: fc.oneof(fc.nat(), fc.constantFrom(null, "0")),
  },
  { requiredKeys: [] },
);

test("an event's numbers are what JSON.parse says, and change nothing else", () => {
  fc.assert(
    fc.property(others, numbers, fc.boolean(), fc.constantFrom(undefined, 2), (rest, own, first, indent) => {
      const json = { type: "response.future", ...(first ? { ...own, ...rest } : { ...rest, ...own }) };
      const event = responseEvent(JSON.stringify(json, undefined, indent));
      const { sequence_number, output_index } = own;
      const found = numbersOf(event);

      expect(found.sequence?.is).toBe(typeof sequence_number === "number" ? sequence_number : undefined);
      expect(found.index?.is).toBe(typeof output_index === "number" ? output_index : undefined);
      const expected = {
        ...json,
        ...(typeof sequence_number === "number" && { sequence_number: to.sequence }),
        ...(typeof output_index === "number" && { output_index: to.index }),
      };
      expect(withNumbers(event, found, to).data).toBe(JSON.stringify(expected, undefined, indent));
    }),
  );
});

test.each([
  [
    '{"type":"a","output_index":12,"sequence_number":345,"x":1}',
    '{"type":"a","output_index":5,"sequence_number":41,"x":1}',
  ],
  [
    '{"type":"a","sequence_number":3,"output_index":12,"x":1}',
    '{"type":"a","sequence_number":41,"output_index":5,"x":1}',
  ],
])("numbers of another length change, whichever comes first: %s", (before, after) => {
  const event = responseEvent(before);
  expect(withNumbers(event, numbersOf(event), to).data).toBe(after);
});

describe("an event that is numbered", () => {
  test.each([
    ['{"type":"response.output_text.delta","sequence_number":3,"delta":"x"}', true],
    ['{"type":"response.output_text.delta","sequence_number" : 3}', true],
    ['{"type":"response.output_text.delta","sequence_number":0}', true],
    ['{"type":"response.output_text.delta","sequence_number":9}', true],
    ['{"type":"response.output_text.delta","sequence_number":-1}', true],
    ['{"type":"response.output_text.delta","sequence_number":"3"}', false],
    ['{"type":"response.output_text.delta","sequence_number":null}', false],
    ['{"item_id":"msg_0123456789","type":"response.output_text.delta"}', false],
    ['{"type":"response.output_text.delta","delta":"\\"sequence_number\\":3"}', false],
    ['{"type":"codex.rate_limits","headers":{"sequence_number":9}}', false],
    ['{"type":"codex.rate_limits","sequence_number":9}', true],
    ["[DONE]", false],
  ])("%s: %s", (data, expected) => {
    expect(isNumbered(responseEvent(data))).toBe(expected);
  });

  test("a comment is none, whatever it says", () => {
    const comment = responseEvent('{"sequence_number":3}', { comment: true });

    expect(isNumbered(comment)).toBe(false);
    expect(withNumbers(comment, numbersOf(comment), to)).toBe(comment);
  });
});
