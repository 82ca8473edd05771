import { describe, expect, test } from "vitest";
import {
  encryptedContent,
  isClientAction,
  isHostedTool,
  isReasoning,
  isTentative,
  itemOf,
  itemType,
} from "../../src/protocol/items.js";
import { delta, itemDone, message, reasoning } from "../../src/testing/events.js";

describe("what an item is", () => {
  test.each([
    // type, hosted, tentative, the client may act on it
    ["reasoning", false, false, false],
    ["message", false, true, false],
    ["function_call", false, true, true],
    ["custom_tool_call", false, true, true],
    ["local_shell_call", false, true, true],
    ["computer_call", false, true, true],
    ["mcp_approval_request", false, true, true],
    ["compaction", false, true, true],
    ["some_new_item", false, true, true],
    ["web_search_call", true, false, false],
    ["file_search_call", true, false, false],
    ["code_interpreter_call", true, false, false],
    ["image_generation_call", true, false, false],
    ["mcp_call", true, false, false],
    ["mcp_list_tools", true, false, false],
  ])("%s: hosted %s, tentative %s, acted on %s", (type, hosted, tentative, acts) => {
    expect(isHostedTool({ type })).toBe(hosted);
    expect(isTentative({ type })).toBe(tentative);
    expect(isClientAction({ type })).toBe(acts);
    expect(isReasoning({ type })).toBe(type === "reasoning");
  });

  test.each([undefined, {}, { type: 3 }])("%j is of no known type, so it is held", (item) => {
    expect(itemType(item)).toBe("");
    expect(isTentative(item)).toBe(true);
  });
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
