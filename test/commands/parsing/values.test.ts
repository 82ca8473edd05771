import { describe, expect, it } from "vitest";
import { readValue } from "../../../src/commands/parsing/values.js";
import { seconds, urlOr } from "../../../src/options/allowed.js";

describe("urlOr", () => {
  const proxy = { type: "string", describes: "", allowed: urlOr(["none"], ["http", "socks5h"]) } as const;

  it.each(["none", "http://127.0.0.1:8080", "socks5h://user:secret@proxy.example:1080"])(
    "takes %s",
    (text) => {
      expect(readValue(proxy, text, "--proxy")).toBe(text);
    },
  );

  it.each(["127.0.0.1:8080", "localhost:80", "ftp://x", "http:", "auto"])("refuses %s", (text) => {
    expect(() => readValue(proxy, text, "--proxy")).toThrow(
      `--proxy must be "none" or a URL with http, socks5h, not "${text}"`,
    );
  });

  it.each([
    ["ftp://user:secret@host", "ftp://***@host"],
    ["user:secret@host:80", "***@host:80"],
    ["gopher://user:sec/re@t@host", "gopher://***@host"],
  ])("does not repeat the credentials in %s", (text, shown) => {
    expect(() => readValue(proxy, text, "--proxy")).toThrow(`not "${shown}"`);
  });
});

describe("seconds", () => {
  const idle = { type: "number", describes: "", allowed: seconds(0) } as const;

  it("may be fractions", () => expect(readValue(idle, "0.5", "--idle")).toBe(0.5));
  it.each(["-1", "Infinity", "5s", " "])("refuses %j", (text) => {
    expect(() => readValue(idle, text, "--idle")).toThrow("--idle must be a number of seconds");
  });
});
