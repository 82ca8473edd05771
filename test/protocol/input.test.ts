import { describe, expect, test } from "vitest";
import { inputItemsText, itemsHaveIds } from "../../src/protocol/input.js";

describe("inputItemsText", () => {
  test.each([
    ['{"input":[ {"n":9007199254740993}, {"x":1.0 } ]}', '{"n":9007199254740993}, {"x":1.0 }'],
    ['{"input":[]}', ""],
    ['{"input":null}', ""],
    ['{"input":{"a":1}}', ""],
    ['{"model":"m"}', ""],
  ])("of %s is as it was written", (text, items) => {
    expect(inputItemsText(text)).toBe(items);
  });

  test("a plain string is one message of the user", () => {
    expect(JSON.parse(inputItemsText('{"input":"how\\nmany?"}'))).toEqual({
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "how\nmany?" }],
    });
  });
});

test.each([
  [[{ id: "msg_1" }], true],
  [[{}, { id: "msg_1" }], true],
  [[{}, { id: null }], false],
  [["x", null], false],
  // Nothing that could have one: what is known of the conversation stays.
  [[], undefined],
  ["how many?", undefined],
  [undefined, undefined],
])("items of %j have ids: %s", (input, have) => {
  expect(itemsHaveIds({ input })).toBe(have);
});
