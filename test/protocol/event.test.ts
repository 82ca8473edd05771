import { describe, expect, test, vi } from "vitest";
import {
  isItemAdded,
  isItemDone,
  isLifecycle,
  isOrdered,
  isTerminal,
  parseJsonObject,
  responseEvent,
  withData,
} from "../../src/protocol/event.js";
import { comment, completed, delta, rateLimits } from "../../src/testing/events.js";

describe("the type of an event", () => {
  test.each([
    ['{"type":"response.created","response":{}}', "response.created"],
    ['{ "type" : "response.created" }', "response.created"],
    ['{"sequence_number":1,"type":"response.created"}', "response.created"],
    ['{"type":"a\\u0062c"}', "abc"],
    ['{"type":"a\\"b"}', 'a"b'],
    ['{"delta":"{\\"type\\":\\"x\\"}","type":"response.output_text.delta"}', "response.output_text.delta"],
    ["[DONE]", ""],
    ["", ""],
    ["{}", ""],
    ["[]", ""],
    ["null", ""],
    ['"response.created"', ""],
    ['{"type":1}', ""],
    ["<html>bad gateway</html>", ""],
    ['{"type":"response.comp', ""],
  ])("%s", (data, type) => {
    expect(responseEvent(data).type).toBe(type);
  });

  test("is empty for a comment, whatever it says", () => {
    expect(comment('{"type":"response.completed"}')).toMatchObject({ type: "", json: undefined });
  });

  test("of a usual event needs no parsing", () => {
    const parse = vi.spyOn(JSON, "parse");

    expect(responseEvent('{"type":"response.output_text.delta","delta":"x"}').type).not.toBe("");
    expect(parse).not.toHaveBeenCalled();

    parse.mockRestore();
  });
});

test("json is parsed on first use, once", () => {
  const event = responseEvent('{"type":"response.output_text.delta","delta":"x"}');
  const parse = vi.spyOn(JSON, "parse");

  expect(event.json).toEqual({ type: "response.output_text.delta", delta: "x" });
  expect(event.json).toBe(event.json);
  expect(parse).toHaveBeenCalledTimes(1);

  parse.mockRestore();
});

test("garbage is parsed once too", () => {
  const event = responseEvent("not json");
  expect(event.json).toBeUndefined();
  const parse = vi.spyOn(JSON, "parse");

  expect(event.json).toBeUndefined();
  expect(parse).not.toHaveBeenCalled();

  parse.mockRestore();
});

test("parseJsonObject never throws", () => {
  expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 });
  for (const text of ["", "{", "[1]", "null", "1", '"x"']) expect(parseJsonObject(text)).toBeUndefined();
});

test("other data keeps the framing", () => {
  const event = responseEvent("{}", { event: "message", id: "7" });

  expect(withData(event, '{"a":1}')).toMatchObject({
    data: '{"a":1}',
    framing: { event: "message", id: "7" },
  });
  expect(withData(event, "{}")).toBe(event);
});

describe("kinds of events", () => {
  const ofType = (type: string) => responseEvent(JSON.stringify({ type }));

  test.each([
    ["response.completed", true],
    ["response.failed", true],
    ["response.incomplete", true],
    ["error", true],
    ["response.created", false],
    ["response.output_item.done", false],
    ["response.output_text.done", false],
    ["codex.rate_limits", false],
  ])("%s ends its response: %s", (type, terminal) => {
    expect(isTerminal(ofType(type))).toBe(terminal);
  });

  test("a terminal that cannot be parsed is none: a client does not understand it either", () => {
    expect(isTerminal(responseEvent('{"type":"response.completed","response":{"usage":'))).toBe(false);
  });

  test.each([
    ["response.created", true],
    ["response.in_progress", true],
    ["response.queued", true],
    ["response.completed", false],
    ["response.metadata", false],
  ])("%s announces a response: %s", (type, lifecycle) => {
    expect(isLifecycle(ofType(type))).toBe(lifecycle);
  });

  test("items are added and done", () => {
    expect(isItemAdded(ofType("response.output_item.added"))).toBe(true);
    expect(isItemAdded(ofType("response.output_item.done"))).toBe(false);
    expect(isItemDone(ofType("response.output_item.done"))).toBe(true);
    expect(isItemDone(ofType("response.output_text.done"))).toBe(false);
  });
});

describe("isOrdered", () => {
  test.each([
    ["a numbered delta", delta("x", { sequence_number: 4 })],
    ["a delta of a backend that numbers nothing", responseEvent('{"type":"response.output_text.delta"}')],
    ["an item without index or number", responseEvent('{"type":"response.output_item.done","item":{}}')],
    ["white space before the colon", responseEvent('{"type":"response.x", "sequence_number" : 3}')],
    ["a numbered event of another kind", responseEvent('{"type":"keepalive","sequence_number":3}')],
    ["a terminal", completed()],
    ["an error", responseEvent('{"type":"error","status":429}')],
    ["an unknown event of the response", responseEvent('{"type":"response.new_thing"}')],
    ["a comment", comment("ping")],
    ["text that is no JSON", responseEvent("[DONE]")],
  ])("%s has its place in the response", (_, event) => {
    expect(isOrdered(event)).toBe(true);
  });

  test.each([
    ["rate limits", rateLimits()],
    ["response.metadata", responseEvent('{"type":"response.metadata","headers":{"x":"y"}}')],
    [
      "response.metadata whose number is null",
      responseEvent('{"type":"response.metadata","sequence_number":null,"headers":{"x":"y"}}'),
    ],
    ["rate limits that are cut short", responseEvent('{"type":"codex.rate_limits","plan')],
    ["an unknown event outside the response", responseEvent('{"type":"codex.new_thing","item_id":"x"}')],
  ])("%s belongs to no response", (_, event) => {
    expect(isOrdered(event)).toBe(false);
  });
});
