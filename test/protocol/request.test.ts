import { describe, expect, test } from "vitest";
import { InvalidRequest } from "../../src/protocol/errors.js";
import { editJson } from "../../src/protocol/jsonText.js";
import {
  asksForEncryptedReasoning,
  effortOf,
  endsWithCompactionTrigger,
  hasReasoningOptions,
  includeEncryptedReasoning,
  readRequest,
  withText,
} from "../../src/protocol/request.js";

describe("readRequest", () => {
  test("keeps the text and names the model", () => {
    const text = '{ "model" : "gpt-5.5", "seed": 9007199254740993 }';

    expect(readRequest(text)).toMatchObject({ text, model: "gpt-5.5" });
  });

  test.each(["{}", '{"model":null}', '{"model":5}'])("%s names no model", (text) => {
    expect(readRequest(text).model).toBe("");
  });

  test.each(["", "{", '{"a":1,}', "[]", "null", '"x"', "5"])("%j is refused with 400", (text) => {
    expect(() => readRequest(text)).toThrow(InvalidRequest);
    expect(() => readRequest(text)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test("the refusal says nothing of the content", () => {
    expect(() => readRequest('{"input": my secret prompt}')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") as string }),
    );
  });

  test.each([
    ['{"secret":1,}', /not valid JSON: .*position 12/],
    ['{"secret":', /not valid JSON: .*ends too early/],
    ["[]", /must be a JSON object/],
  ])("the refusal of %s says what is wrong", (text, problem) => {
    expect(() => readRequest(text)).toThrow(problem);
  });
});

test.each([
  ['{"reasoning":{"effort":"high"}}', "high"],
  ['{"reasoning":{"effort":null}}', undefined],
  ['{"reasoning":{}}', undefined],
  ["{}", undefined],
])("the effort of %s is %s", (text, effort) => {
  expect(effortOf(readRequest(text))).toBe(effort);
});

describe("endsWithCompactionTrigger", () => {
  const trigger = { type: "compaction_trigger" };
  const user = { type: "message", role: "user", content: [] };

  test.each([
    [[user, trigger], true],
    [[trigger], true],
    [[trigger, user], false],
    [[user], false],
    [[], false],
    ["compaction_trigger", false],
    [undefined, false],
  ])("%j: %s", (input, ends) => {
    expect(endsWithCompactionTrigger(readRequest(JSON.stringify({ input })))).toBe(ends);
  });
});

describe("encrypted reasoning in include", () => {
  test.each([
    ['{"include":["reasoning.encrypted_content"]}', true],
    ['{"include":["file_search_call.results","reasoning.encrypted_content"]}', true],
    ['{"include":[]}', false],
    ['{"include":null}', false],
    ["{}", false],
  ])("%s asks for it: %s", (text, asks) => {
    expect(asksForEncryptedReasoning(readRequest(text))).toBe(asks);
  });

  test.each([
    ['{"a":9007199254740993}', '{"a":9007199254740993,"include":["reasoning.encrypted_content"]}'],
    ['{"include":null,"a":1}', '{"include":["reasoning.encrypted_content"],"a":1}'],
    [
      '{"include":["file_search_call.results"]}',
      '{"include":["file_search_call.results","reasoning.encrypted_content"]}',
    ],
    ['{"include": ["reasoning.encrypted_content"] }', '{"include": ["reasoning.encrypted_content"] }'],
  ])("added to %s", (text, expected) => {
    expect(editJson(text, includeEncryptedReasoning(readRequest(text)))).toBe(expected);
  });
});

test.each([
  ['{"reasoning":{"effort":"high"}}', true],
  ['{"reasoning":{}}', true],
  ['{"reasoning":null}', false],
  ["{}", false],
])("%s has reasoning options: %s", (text, has) => {
  expect(hasReasoningOptions(readRequest(text))).toBe(has);
});

test("withText rereads the body and keeps what is known of the turn", () => {
  const request = { ...readRequest('{"model":"a"}'), historyUnknown: true };

  expect(withText(request, [{ path: ["model"], raw: '"b"' }])).toMatchObject({
    text: '{"model":"b"}',
    model: "b",
    historyUnknown: true,
  });
  expect(withText(request, [])).toBe(request);
});
