import { describe, expect, test } from "vitest";
import { responseEvent } from "../../src/protocol/event.js";
import {
  NO_THINKING,
  decideLive,
  isKnownSize,
  thinkingIn,
  thinkingOf,
  type LiveRules,
  type Thinking,
} from "../../src/protocol/liveOutput.js";

const item = (type: "added" | "done", fields: object, output_index = 0) =>
  responseEvent(JSON.stringify({ type: `response.output_item.${type}`, output_index, item: fields }));
const reasoning = (bytes?: number) => ({
  type: "reasoning",
  ...(bytes !== undefined && { encrypted_content: sealed(bytes) }),
});
/** Base64url text that decodes to so many bytes. */
function sealed(bytes: number): string {
  return `gAAAAA${"x".repeat(Math.ceil((bytes * 4) / 3) - 6)}`;
}

describe("thinkingOf", () => {
  test.each<[string, ReturnType<typeof item>[], Partial<Thinking>]>([
    ["nothing", [], NO_THINKING],
    [
      "one item",
      [item("added", reasoning(700)), item("done", reasoning(1001))],
      { items: 1, open: 0, bytes: 1001 },
    ],
    ["one that was not announced", [item("done", reasoning(1001))], { items: 1, open: 0, bytes: 1001 }],
    ["one not finished", [item("added", reasoning(700))], { items: 1, open: 1, bytes: 0 }],
    [
      "two",
      [item("done", reasoning(713)), item("done", reasoning(729))],
      { items: 2, bytes: 1442, knownShape: true },
    ],
    [
      "one that was not announced, and one not finished",
      [item("done", reasoning(713)), item("added", reasoning(697), 1)],
      { items: 2, open: 1, bytes: 713 },
    ],
    [
      "two begun, of which the first is done",
      [item("added", reasoning(713)), item("added", reasoning(713), 1), item("done", reasoning(713))],
      { items: 2, open: 1, bytes: 713, knownShape: true },
    ],
    ["a thought of no known shape, and one behind it", [item("done", reasoning(700)), item("done", reasoning(713), 1)], { items: 2, knownShape: false }], // oxfmt-ignore
    [
      "an answer",
      [item("done", reasoning(713)), item("done", { type: "message" }, 1)],
      { items: 1, bytes: 713, knownShape: true, hostedTool: false },
    ],
    ["a call", [item("added", { type: "function_call" })], { hostedTool: false }],
    [
      "a hosted tool of the client's to approve",
      [item("done", { type: "mcp_approval_request" })],
      { hostedTool: true },
    ],
    ["an item of a type not known", [item("added", { type: "new_search_call" })], { hostedTool: true }],
    ["no content", [item("done", reasoning())], { items: 1, bytes: 0, knownShape: false }],
    ["a length that is no whole block", [item("done", reasoning(1000))], { knownShape: false }],
    ["a length below the smallest", [item("done", reasoning(697))], { knownShape: false }],
    [
      "a hosted tool, as soon as it begins",
      [item("added", { type: "web_search_call" })],
      { items: 0, hostedTool: true },
    ],
  ])("%s", (_, events, expected) => {
    expect(thinkingOf(events)).toMatchObject(expected);
  });

  test.each<[string, { readonly output_index?: number; readonly item?: object }]>([
    ["its place", { output_index: 0 }],
    ["its id", { item: { id: "rs_1" } }],
  ])("an item is known to be done by %s alone", (_, name) => {
    const added = { output_index: 0, item: { type: "reasoning", id: "rs_1" } };
    const done = { ...name, item: { ...name.item, ...reasoning(713) } };
    const events = [
      responseEvent(JSON.stringify({ type: "response.output_item.added", ...added })),
      responseEvent(JSON.stringify({ type: "response.output_item.done", ...done })),
    ];
    expect(thinkingOf(events)).toMatchObject({ items: 1, open: 0 });
  });

  test("items of a log are all finished", () => {
    expect(thinkingIn([reasoning(713), { type: "message" }])).toEqual({
      ...NO_THINKING,
      items: 1,
      bytes: 713,
    });
  });

  test("padding is no content", () => {
    const padded = (bytes: number) => ({
      type: "reasoning",
      encrypted_content: Buffer.from(sealed(bytes), "base64url").toString("base64"),
    });
    expect(padded(713).encrypted_content).toMatch(/[^=]=$/);
    expect(padded(985).encrypted_content).toMatch(/==$/);
    expect(thinkingOf([item("done", padded(713)), item("done", padded(985))])).toMatchObject({
      bytes: 713 + 985,
      knownShape: true,
    });
  });

  test("another prefix is another shape", () => {
    const other = { type: "reasoning", encrypted_content: sealed(1001).replace("gAAAAA", "hBBBBB") };
    expect(thinkingOf([item("done", other)]).knownShape).toBe(false);
  });
});

test.each([
  [713, 1, true],
  [729, 1, true],
  [720, 1, false],
  [697, 1, false],
  [713 + 729, 2, true],
  [713 + 697, 2, false],
  [713 + 720, 2, false],
  [713 + 713 + 729, 3, true],
])("%i bytes can be so many items: %i, %s", (bytes, items, known) => {
  expect(isKnownSize(bytes, items)).toBe(known);
});

describe("decideLive", () => {
  const short: Thinking = { ...NO_THINKING, items: 1, bytes: 1001 };
  test.each<[string, Partial<Thinking>, Partial<LiveRules>, boolean, RegExp]>([
    ["one short thought", {}, {}, true, /1001 bytes of reasoning, under 2000/],
    ["one at the limit", { bytes: 2000 }, {}, false, /not under 2000/],
    ["no thought", { items: 0, bytes: 0 }, {}, true, /no reasoning came before/],
    ["no thought, of a model not known", { items: 0, bytes: 0 }, { limit: undefined }, true, /no reasoning/],
    ["no thought behind a hosted tool", { items: 0, bytes: 0, hostedTool: true }, {}, true, /no reasoning/],
    ["no thought in a continuation", { items: 0, bytes: 0 }, { round: 2 }, false, /0 reasoning items/],
    ["two thoughts", { items: 2 }, {}, false, /2 reasoning items/],
    ["one not finished", { open: 1 }, {}, false, /not finished/],
    ["an unknown shape", { knownShape: false }, {}, false, /shape/],
    ["a hosted tool", { hostedTool: true }, {}, false, /hosted tool/],
    ["a model not known", {}, { limit: undefined }, false, /not known/],
    ["after a stall", {}, { afterStall: true }, false, /stalled/],
    ["a lowered limit", {}, { limit: 900 }, false, /not under 900/],
  ])("%s", (_, thinking, rules, live, reason) => {
    const decision = decideLive(
      { ...short, ...thinking },
      { limit: 2000, round: 1, afterStall: false, ...rules },
    );
    expect(decision).toMatchObject({ live, reason: expect.stringMatching(reason) as string });
  });
});
