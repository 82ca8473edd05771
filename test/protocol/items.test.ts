import { describe, expect, test } from "vitest";
import { responseEvent } from "../../src/protocol/event.js";
import {
  encryptedContent,
  isAnswer,
  isClientAction,
  isHostedTool,
  isReasoning,
  isOfTentative,
  isTentative,
  isUnknown,
  itemOf,
  itemType,
  namesOf,
} from "../../src/protocol/items.js";
import {
  delta,
  event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  reasoning,
  webSearch,
} from "../../src/testing/events.js";

describe("what an item is", () => {
  test.each([
    // type, hosted, tentative, the client may act on it, not known
    ["reasoning", false, false, false, false],
    ["message", false, true, false, false],
    ["function_call", false, true, true, false],
    ["custom_tool_call", false, true, true, false],
    ["local_shell_call", false, true, true, false],
    ["computer_call", false, true, true, true],
    ["mcp_approval_request", false, true, true, true],
    ["compaction", false, true, true, true],
    ["some_new_item", false, true, true, true],
    ["web_search_call", true, false, false, false],
    ["file_search_call", true, false, false, false],
    ["code_interpreter_call", true, false, false, false],
    ["image_generation_call", true, false, false, false],
    ["mcp_call", true, false, false, false],
    ["mcp_list_tools", true, false, false, false],
  ])("%s: hosted %s, tentative %s, acted on %s, unknown %s", (type, hosted, tentative, acts, unknown) => {
    expect(isHostedTool({ type })).toBe(hosted);
    expect(isTentative({ type })).toBe(tentative);
    expect(isClientAction({ type })).toBe(acts);
    expect(isReasoning({ type })).toBe(type === "reasoning");
    expect(isUnknown({ type })).toBe(unknown);
  });

  test.each([undefined, {}, { type: 3 }])("%j is of no known type, so it is held", (item) => {
    expect(itemType(item)).toBe("");
    expect(isTentative(item)).toBe(true);
  });
});

test.each([
  [message("29"), true],
  [message("Let me see.", { phase: "commentary" }), false],
  [message("29", { phase: "final_answer" }), true],
  [functionCall("shell"), true],
  [webSearch(), false],
  [reasoning(), false],
  [undefined, true],
])("%j is an answer: %s", (item, answers) => {
  expect(isAnswer(item)).toBe(answers);
});

test.each([
  [itemAdded(message("")), true],
  [itemDone(functionCall("shell")), true],
  [itemAdded(reasoning()), false],
  [itemDone(webSearch()), false],
  [event("response.output_text.delta"), true],
  [event("response.refusal.delta"), true],
  [event("response.function_call_arguments.delta"), true],
  [event("response.custom_tool_call_input.delta"), true],
  [event("response.reasoning_summary_text.delta"), false],
  [event("response.created"), false],
])("$data is of an answer or a call: %s", (event, tentative) => {
  expect(isOfTentative(event)).toBe(tentative);
});

test("an event that was cut short has no item, and no name for it", () => {
  const cut = responseEvent('{"type":"response.output_item.done","output_index":1,"item":{"id":"msg_1"');

  expect(itemOf(cut)).toBeUndefined();
  expect(namesOf(cut)).toEqual([]);
});

test("itemOf reads added and done events", () => {
  expect(itemOf(itemDone(message("29")))).toEqual(message("29"));
  expect(itemOf(delta("x"))).toBeUndefined();
});

test.each([
  [reasoning("rs_1", { encrypted_content: "gAAAAA" }), "gAAAAA"],
  [reasoning("rs_1", { encrypted_content: "" }), undefined],
  [reasoning("rs_1", { encrypted_content: null }), undefined],
  [reasoning("rs_1", { encrypted_content: undefined }), undefined],
  [undefined, undefined],
])("encrypted content of %j", (item, content) => {
  expect(encryptedContent(item)).toBe(content);
});
