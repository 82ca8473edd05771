import { describe, expect, it } from "vitest";
import { proxyChoice } from "../../../../src/transport/upstream/network/proxyChoice.js";
import { UnusableNetwork } from "../../../../src/transport/upstream/network/proxyUrl.js";

const via = (url: string, env: Record<string, string>, setting?: string): string | undefined => {
  const proxy = proxyChoice(setting, env)(new URL(url));
  return proxy && `${proxy.address} ${proxy.source}`;
};

const all = {
  HTTPS_PROXY: "http://secure.example:1",
  HTTP_PROXY: "http://plain.example:2",
  ALL_PROXY: "socks5h://all.example:3",
};

describe("proxyChoice by variables", () => {
  it.each([
    ["https://api.openai.com", all, "http://secure.example:1 HTTPS_PROXY"],
    ["wss://api.openai.com", all, "http://secure.example:1 HTTPS_PROXY"],
    ["http://llm.example", all, "http://plain.example:2 HTTP_PROXY"],
    ["ws://llm.example", all, "http://plain.example:2 HTTP_PROXY"],
    ["https://api.openai.com", { ALL_PROXY: all.ALL_PROXY }, "socks5h://all.example:3 ALL_PROXY"],
    ["http://llm.example", { all_proxy: "socks5://a.example" }, "socks5://a.example:1080 all_proxy"],
    ["https://api.openai.com", { ...all, https_proxy: "b.example" }, "http://b.example:80 https_proxy"],
    ["https://api.openai.com", { ...all, https_proxy: " " }, "http://secure.example:1 HTTPS_PROXY"],
    ["https://api.openai.com", { HTTP_PROXY: all.HTTP_PROXY }, undefined],
    ["https://api.openai.com", {}, undefined],
    ["https://api.openai.com", { ...all, NO_PROXY: "openai.com" }, undefined],
    ["https://chatgpt.com", { ...all, NO_PROXY: "openai.com" }, "http://secure.example:1 HTTPS_PROXY"],
    ["https://chatgpt.com", { ...all, no_proxy: "*", NO_PROXY: "openai.com" }, undefined],
  ])("%s with %j: %s", (url, env, expected) => {
    expect(via(url, env)).toBe(expected);
  });

  it.each([
    "http://localhost:1",
    "https://127.0.0.1:1",
    "ws://127.9.9.9",
    "wss://[::1]",
    "http://a.localhost",
  ])("%s is loopback: direct", (url) => expect(via(url, all)).toBeUndefined());

  it("one proxy is the same object every time, so that its connections are shared", () => {
    const choose = proxyChoice(undefined, all);
    expect(choose(new URL("https://api.openai.com"))).toBe(choose(new URL("wss://chatgpt.com")));
  });

  it("a broken variable is an error where it is used, and nowhere else", () => {
    const choose = proxyChoice(undefined, { HTTPS_PROXY: "ftp://x", HTTP_PROXY: "http://plain.example:2" });
    expect(() => choose(new URL("https://api.openai.com"))).toThrow(UnusableNetwork);
    expect(choose(new URL("http://llm.example"))?.port).toBe(2);
    expect(choose(new URL("https://localhost"))).toBeUndefined();
  });
});

describe("proxyChoice by setting", () => {
  it("none is the last word", () => {
    expect(via("https://api.openai.com", all, "none")).toBeUndefined();
  });

  it.each(["https://api.openai.com", "ws://localhost:1234"])("a URL is for everything: %s", (url) => {
    expect(via(url, { ...all, NO_PROXY: "*" }, "socks5://p.example")).toBe("socks5://p.example:1080 --proxy");
  });
});
