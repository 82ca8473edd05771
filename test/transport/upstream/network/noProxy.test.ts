import { describe, expect, it } from "vitest";
import { matchesNoProxy } from "../../../../src/transport/upstream/network/noProxy.js";

describe("matchesNoProxy", () => {
  it.each([
    ["*", "https://api.openai.com"],
    ["api.openai.com", "https://api.openai.com/v1"],
    ["API.OpenAI.com", "https://api.openai.com"],
    ["openai.com", "https://api.openai.com"],
    [".openai.com", "https://api.openai.com"],
    [".openai.com", "https://openai.com"],
    ["*.openai.com", "https://api.openai.com"],
    ["api.openai.com.", "https://api.openai.com"],
    ["api.openai.com", "https://api.openai.com."],
    ["example.com, api.openai.com", "https://api.openai.com"],
    ["example.com api.openai.com", "https://api.openai.com"],
    ["api.openai.com:443", "https://api.openai.com"],
    ["api.openai.com:443", "wss://api.openai.com"],
    ["llm.example:8000", "http://llm.example:8000"],
    ["llm.example:80", "ws://llm.example"],
    ["10.1.2.3", "http://10.1.2.3:8000"],
    ["10.1.2.3:8000", "http://10.1.2.3:8000"],
    ["10.0.0.0/8", "http://10.1.2.3:8000"],
    ["fd00::1", "http://[fd00::1]:8000"],
    ["[fd00::1]", "http://[fd00::1]:8000"],
    ["[fd00::1]:8000", "http://[fd00::1]:8000"],
    ["fd00::/8", "http://[fd12::1]"],
  ])("%s matches %s", (list, url) => {
    expect(matchesNoProxy(list)(new URL(url))).toBe(true);
  });

  it.each([
    ["", "https://api.openai.com"],
    [" , ", "https://api.openai.com"],
    ["api.openai.com", "https://openai.com"],
    ["nai.com", "https://api.openai.com"],
    ["openai.com", "https://openai.com.example"],
    ["api.openai.com:8443", "https://api.openai.com"],
    ["llm.example:443", "http://llm.example"],
    ["10.0.0.0/8", "http://11.1.2.3"],
    ["10.0.0.0/99", "http://10.1.2.3"],
    ["10.0.0.0/8", "http://10.example"],
    ["fd00::/8", "http://[fe80::1]"],
    ["fd00::/8", "http://10.1.2.3"],
    ["[fd00::1]:8001", "http://[fd00::1]:8000"],
    ["1", "http://10.0.0.1"],
  ])("%j does not match %s", (list, url) => {
    expect(matchesNoProxy(list)(new URL(url))).toBe(false);
  });
});
