import { describe, expect, test } from "vitest";
import { responseEvent, type JsonObject, type ResponseEvent } from "../../src/protocol/event.js";
import { frame } from "../../src/protocol/frame.js";
import { comment, inProgress } from "../../src/testing/events.js";

const DATA = '{"type":"response.in_progress"}';

describe("an event as SSE", () => {
  test.each([
    ["with an event line of its own", responseEvent(DATA, { event: "x" }), `event: x\ndata: ${DATA}\n\n`],
    ["without an event line", responseEvent(DATA, { event: undefined }), `data: ${DATA}\n\n`],
    ["with an id", responseEvent(DATA, { event: undefined, id: "7" }), `id: 7\ndata: ${DATA}\n\n`],
    ["with both", responseEvent(DATA, { event: "x", id: "7" }), `id: 7\nevent: x\ndata: ${DATA}\n\n`],
    [
      "with an empty id, which clears the last one",
      responseEvent(DATA, { event: "x", id: "" }),
      `id: \nevent: x\ndata: ${DATA}\n\n`,
    ],
    ["a comment", comment("ping"), ": ping\n\n"],
    ["text that is no JSON", responseEvent("[DONE]", { event: undefined }), "data: [DONE]\n\n"],
  ])("leaves as it came: %s", (_, event, text) => {
    expect(frame(event)).toBe(text);
  });

  test.each<[string, ResponseEvent]>([
    ["made by us", inProgress()],
    [
      "that a user's operator made by hand",
      { type: "response.in_progress", data: DATA, json: JSON.parse(DATA) as JsonObject },
    ],
    ["that we repeat", responseEvent(inProgress().data, { repeated: true })],
  ])("has its type in the event line: one %s", (_, event) => {
    expect(frame(event)).toBe(`event: response.in_progress\ndata: ${event.data}\n\n`);
  });

  test("without a type has no event line", () => {
    expect(frame(responseEvent("[DONE]"))).toBe("data: [DONE]\n\n");
  });

  test.each(["\n", "\r", "\r\n"])("in several lines is one event all the same: %j", (end) => {
    expect(frame(responseEvent(`{${end}"a":1${end}${end}}`, { event: undefined }))).toBe(
      'data: {\ndata: "a":1\ndata: \ndata: }\n\n',
    );
  });
});
