import { describe, expect, test } from "vitest";
import { keptHeaders } from "../../../src/recordings/keptHeaders.js";
import { withoutCredentials } from "../../../src/recordings/redaction/credentials.js";

describe("withoutCredentials", () => {
  test.each([
    ['{"tools":[{"type":"mcp","authorization":"abc"}]}', '{"tools":[{"type":"mcp","authorization":"xxx"}]}'],
    [
      '{"tools":[{"headers":{"X-Mine":"abc","User-Agent":"me"}}]}',
      '{"tools":[{"headers":{"X-Mine":"xxx","User-Agent":"me"}}]}',
    ],
    ['{"server_url":"https://a:b@c/d@e"}', '{"server_url":"https://xxx@c/d@e"}'],
    ['{"m":"{\\"origin\\":\\"https://tok@host/x\\"}"}', '{"m":"{\\"origin\\":\\"https://xxx@host/x\\"}"}'],
    ['{"url":"https:\\/\\/a:b@c"}', '{"url":"https:\\/\\/xxx@c"}'],
    ['{"client_metadata":{"x-codex-turn-state":"abc"}}', '{"client_metadata":{"x-codex-turn-state":"xxx"}}'],
    [
      '{"type":"response.metadata","headers":{"x-codex-turn-state":"abc"}}',
      '{"type":"response.metadata","headers":{"x-codex-turn-state":"xxx"}}',
    ],
    [
      '{"error":{"headers":{"set-cookie":"abc","retry-after":"7"}}}',
      '{"error":{"headers":{"set-cookie":"xxx","retry-after":"7"}}}',
    ],
    ["oops https://a:b@c", "oops https://xxx@c"],
  ])("%s", (text, expected) => {
    expect(withoutCredentials(text)).toBe(expected);
  });

  test.each([
    '{"delta":"the authorization header"}',
    '{"parameters":{"properties":{"password":{"type":"string"}}}}',
    '{"text":"mail me@example.org, see https://example.org/@me"}',
    '{"usage":{"input_tokens":1}}',
  ])("leaves %s", (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });
});

test("of headers only those are kept that are known to say nothing", () => {
  const headers = [
    "Authorization",
    "a",
    "Content-Type",
    "b",
    "x-new",
    "c",
    "x-codex-primary-used-percent",
    "99.5",
  ];
  expect(keptHeaders([...headers, "x-codex-primary-used-percent", "not a number"])).toEqual([
    ["Content-Type", "b"],
    ["x-codex-primary-used-percent", "99.5"],
  ]);
});
