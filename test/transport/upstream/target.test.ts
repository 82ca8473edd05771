import { describe, expect, it } from "vitest";
import { InvalidRequest } from "../../../src/protocol/errors.js";
import { isApiPath, targetOf } from "../../../src/transport/upstream/target.js";

const chatgpt = ["Authorization", "Bearer t", "ChatGPT-Account-ID", "acc"];
const apiKey = ["Authorization", "Bearer sk"];

describe("where a request goes", () => {
  it.each([
    ["/v1/responses", chatgpt, "auto", "https://chatgpt.com", "/backend-api/codex/responses"],
    ["/v1/responses", apiKey, "auto", "https://api.openai.com", "/v1/responses"],
    ["/v1/responses", [], "auto", "https://api.openai.com", "/v1/responses"],
    [
      "/v1/models?client_version=1",
      chatgpt,
      "auto",
      "https://chatgpt.com",
      "/backend-api/codex/models?client_version=1",
    ],
    ["/v1/responses/compact", chatgpt, "auto", "https://chatgpt.com", "/backend-api/codex/responses/compact"],
    ["/v1/responses", chatgpt, "http://127.0.0.1:9/v1", "http://127.0.0.1:9", "/v1/responses"],
    ["/v1/responses", apiKey, "http://127.0.0.1:9/v1/", "http://127.0.0.1:9", "/v1/responses"],
    ["/v1/responses", [], "https://host.example", "https://host.example", "/responses"],
    ["/v1/a%2Fb?q=%20#f", [], "https://host.example/x%20y", "https://host.example", "/x%20y/a%2Fb?q=%20#f"],
    ["/v1", [], "https://host.example/base", "https://host.example", "/base"],
    ["/v1/m", [], "https://user:word@host.example/base", "https://host.example", "/base/m"],
  ])("%s of %j with upstream %s", (url, headers, upstream, origin, path) => {
    expect(targetOf(url, headers, upstream)).toEqual({ origin, path });
  });

  it.each(["/v1/..", "/v1/../x", "/v1/a/%2E%2e/b", "/v1/./a", "/v1/..\\a"])("%s is refused", (url) => {
    expect(() => targetOf(url, [], "auto")).toThrow(InvalidRequest);
  });

  it.each([
    ["/v1", true],
    ["/v1/", true],
    ["/v1/x", true],
    ["/v1?x", true],
    ["/v1x", false],
    ["/", false],
    ["/healthz", false],
    ["http://127.0.0.1/v1/x", false],
  ])("%s is the API's: %s", (url, is) => {
    expect(isApiPath(url)).toBe(is);
  });
});
