import { describe, expect, test } from "vitest";
import { isItemDone } from "../../src/protocol/event.js";
import { eventsOfResponse, responseOfEvents } from "../../src/protocol/wholeResponse.js";
import { withValue } from "../../src/protocol/withValue.js";
import { completed, created, event, itemDone, message, reasoning } from "../../src/testing/events.js";

const typesOf = (text: string) => eventsOfResponse(text)?.map(({ type }) => type);

describe("eventsOfResponse", () => {
  test.each([
    ['{"object":"response","status":"completed"}', "response.completed"],
    ['{"object":"response","status":"failed"}', "response.failed"],
    ['{"object":"response","status":"incomplete"}', "response.incomplete"],
    // Gateways leave out one or the other.
    ['{"object":"response"}', "response.completed"],
    ['{"output":[]}', "response.completed"],
    ['{"object":"response","output":null}', "response.completed"],
  ])("%s ends with %s", (text, terminal) => {
    expect(typesOf(text)).toEqual(["response.created", terminal]);
  });

  test.each([
    '{"object":"response","status":"in_progress"}',
    '{"object":"response","status":"new"}',
    '{"object":"list","output":[]}',
    '{"output":"text"}',
    "{}",
    "[]",
    "no JSON",
  ])("%s is no response that is over", (text) => {
    expect(eventsOfResponse(text)).toBeUndefined();
  });

  test("a text and its JSON say the same in every event, and items are as written", () => {
    const item = '{ "type":"message", "n":9007199254740993,"x":1.0 }';
    const text = `\n{"id":"resp_1","object":"response","model":"m","created_at":7,"output":[${item}, null]}\n`;
    const events = eventsOfResponse(text) ?? [];

    for (const { type, data, json } of events) {
      expect(JSON.parse(data)).toEqual(json);
      expect(json?.["type"]).toBe(type);
    }
    expect(events.map(({ json }) => json?.["sequence_number"])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(events.map(({ json }) => json?.["output_index"])).toEqual([undefined, 0, 0, 1, 1, undefined]);
    expect(events[2]?.data).toContain(item);
    expect(events[5]?.data).toContain(text.trim());
  });
});

describe("responseOfEvents", () => {
  const text = '{"object":"response", "output":[{"id":"a"}, {"id":"b"}], "n":1.0}';
  const events = eventsOfResponse(` ${text}`) ?? [];
  const done = events.filter(isItemDone);
  const terminal = events.at(-1)!;

  test("the very text comes back where nobody has changed anything", () => {
    expect(responseOfEvents(done, terminal)).toBe(text);
  });

  test("a terminal that was changed keeps its items as they were written", () => {
    const changed = withValue(terminal, ["response", "n"], 2);

    expect(responseOfEvents(done, changed)).toBe(text.replace("1.0", "2"));
  });

  test.each([
    ["another item", [done[0]!, itemDone({ id: "c" })], '[{"id":"a"},{"id":"c"}]'],
    ["an item less", [done[0]!], '[{"id":"a"}]'],
    ["an item more", [...done, itemDone({ id: "c" })], '[{"id":"a"},{"id":"b"},{"id":"c"}]'],
    ["an event without an item", [done[0]!, event("response.output_item.done")], '[{"id":"a"}]'],
  ])("%s is in its output", (_, given, output) => {
    expect(responseOfEvents(given, terminal)).toBe(text.replace(/\[.*\]/, output));
  });

  test("a terminal that lists no items is given those that are done", () => {
    const [thought, answer] = [reasoning(), message("21")];
    const response = responseOfEvents([itemDone(thought), itemDone(answer)], completed()) ?? "";

    expect(JSON.parse(response)).toMatchObject({ status: "completed", output: [thought, answer] });
  });

  test("a response none of whose items was done stays as it is", () => {
    const response = responseOfEvents([], completed({ response: { output: [message("21")] } })) ?? "";

    expect(JSON.parse(response)).toMatchObject({ output: [message("21")] });
  });

  test("a response without items stays as it is", () => {
    expect(responseOfEvents([], completed({ response: { output: null } }))).toContain('"output":null');
  });

  test.each([created(), event("error", { code: "server_error" })])("$type has no response", (last) => {
    expect(responseOfEvents(done, last)).toBeUndefined();
  });
});
