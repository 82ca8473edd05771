import { describe, expect, test, vi } from "vitest";
import { responseEvent } from "../../src/protocol/event.js";
import { withOutputText } from "../../src/protocol/outputText.js";
import { comment } from "../../src/testing/events.js";
import { round } from "../../src/testing/index.js";

const loud = (data: string) => withOutputText(responseEvent(data), (text) => text.toUpperCase()).data;

describe("the model's text is changed", () => {
  test.each([
    [
      `{"type":"response.output_text.delta", "delta":"a\\nb","n":1.0}`,
      `{"type":"response.output_text.delta", "delta":"A\\nB","n":1.0}`,
    ],
    [`{"type":"response.output_text.done","text":"a"}`, `{"type":"response.output_text.done","text":"A"}`],
    [
      `{"type":"response.content_part.done","part":{"type":"output_text","text":"a"}}`,
      `{"type":"response.content_part.done","part":{"type":"output_text","text":"A"}}`,
    ],
    [
      `{"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"no"},{"type":"output_text","text":"b"}]}}`,
      `{"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"A"},{"type":"refusal","refusal":"no"},{"type":"output_text","text":"B"}]}}`,
    ],
    [
      `{"type":"response.incomplete","response":{"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"a"}]}], "top_p":0.0}}`,
      `{"type":"response.incomplete","response":{"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"A"}]}], "top_p":0.0}}`,
    ],
  ])("%s", (before, after) => expect(loud(before)).toBe(after));

  test("everywhere in a round", () => {
    const before = round()
      .reasoning(9)
      .message("what you read")
      .functionCall("shell", { command: "what it runs" });
    const after = before.completed({ output: "items" }).map(loud).join("\n");
    expect(after).toContain("WHAT YOU READ");
    expect(after).not.toContain("what you read");
    expect(after).toContain("what it runs");
  });
});

describe("the very event is given back", () => {
  test.each([
    `{"type":"response.output_text.delta","delta":"A"}`,
    `{"type":"response.output_text.delta","delta":"\\u0041\\/"}`,
    `{"type":"response.output_text.delta"}`,
    `{"type":"response.output_text.delta","delta":"a`,
    `{"type":"response.content_part.done"}`,
    `{"type":"response.content_part.done","part":{`,
    `{"type":"response.output_item.done","item":{`,
    `{"type":"response.completed","response":{`,
    `{"type":"response.reasoning_summary_text.delta","delta":"a"}`,
    `{"type":"response.content_part.done","part":{"type":"refusal","text":"a"}}`,
    `{"type":"response.output_item.done","item":{"type":"function_call","arguments":"a"}}`,
    `{"type":"response.completed","response":{"output":[null,5,{"type":"message"}]}}`,
    `{"type":"response.completed"}`,
    "[DONE]",
  ])("for %s", (data) => {
    const event = responseEvent(data);
    expect(withOutputText(event, (text) => text.toUpperCase())).toBe(event);
  });

  test("for a delta of anything else, which is not even parsed", () => {
    const event = {
      type: "response.function_call_arguments.delta",
      data: "{}",
      get json(): never {
        throw new Error("parsed");
      },
    };
    expect(withOutputText(event, (text) => text.toUpperCase())).toBe(event);
  });

  test("for a comment, and it is not asked about", () => {
    const [event, change] = [comment("a"), vi.fn()];
    expect(withOutputText(event, change)).toBe(event);
    expect(change).not.toHaveBeenCalled();
  });
});
