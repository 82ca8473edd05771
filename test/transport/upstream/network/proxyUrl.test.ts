import { describe, expect, it } from "vitest";
import { readProxyUrl, UnusableNetwork } from "../../../../src/transport/upstream/network/proxyUrl.js";

describe("readProxyUrl", () => {
  it.each([
    ["http://proxy.example:3128", "http", "proxy.example", 3128],
    ["http://proxy.example", "http", "proxy.example", 80],
    ["https://proxy.example", "https", "proxy.example", 443],
    ["https://proxy.example:8443/", "https", "proxy.example", 8443],
    ["socks5://proxy.example", "socks5", "proxy.example", 1080],
    ["SOCKS5H://proxy.example:9050", "socks5h", "proxy.example", 9050],
    ["socks://127.0.0.1:1080/", "socks5h", "127.0.0.1", 1080],
    ["proxy.example:3128", "http", "proxy.example", 3128],
    ["127.0.0.1:3128", "http", "127.0.0.1", 3128],
    ["http://[::1]:3128", "http", "::1", 3128],
    ["socks5://[fd00::1]", "socks5", "fd00::1", 1080],
  ])("reads %s", (text, scheme, hostname, port) => {
    expect(readProxyUrl(text, "HTTPS_PROXY")).toMatchObject({
      scheme,
      hostname,
      port,
      credentials: undefined,
    });
  });

  it.each([
    ["http://me:p%40ss%3A%2F@proxy.example:3128", "me", "p@ss:/"],
    ["me:secret@proxy.example", "me", "secret"],
    ["socks5://me@proxy.example", "me", ""],
    ["socks5h://m%C3%A9:%F0%9F%94%91@proxy.example", "mé", "🔑"],
  ])("decodes the credentials of %s, and keeps them out of the address", (text, username, password) => {
    const proxy = readProxyUrl(text, "--proxy");
    expect(proxy.credentials).toEqual({ username, password });
    expect(proxy.address).toMatch(/^\w+:\/\/proxy\.example:\d+$/);
  });

  it.each([
    ["http://", "it is not a URL"],
    ["http://me:secret@:80", "it is not a URL"],
    ["http://me:secret@proxy.example:secret", "it is not a URL"],
    ["ftp://me:secret@proxy.example", '"ftp:" is not one of http:, https:, socks5: and socks5h:'],
    ["socks4://me:secret@proxy.example", '"socks4:" is not one of'],
    ["http://me:80/secret@proxy.example", "must be percent-encoded"],
    ["http://me:80#secret@proxy.example", "must be percent-encoded"],
    ["http://me:secret%@proxy.example", "percent-encoding of its user name or password is broken"],
    [`socks5://me:secret${"x".repeat(250)}@proxy.example`, "at most 255 bytes"],
  ])("refuses %s without repeating it", (text, why) => {
    const read = (): unknown => readProxyUrl(text, "ALL_PROXY");
    expect(read).toThrow(UnusableNetwork);
    expect(read).toThrow("the proxy URL in ALL_PROXY cannot be used: ");
    expect(read).toThrow(why);
    expect(read).not.toThrow("secret");
  });
});
