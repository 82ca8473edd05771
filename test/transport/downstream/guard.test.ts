import { describe, expect, it } from "vitest";
import { isLoopback, whyForbidden } from "../../../src/transport/downstream/guard.js";
import { ask } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { turnBody } from "../support/turns.js";
import { httpUpstream } from "../support/upstreams.js";

type Headers = Readonly<Record<string, string>>;

/** What a browser, or a program, sends; and whether it is served by a proxy on 127.0.0.1:8787. */
const cases: [served: boolean, headers: Headers][] = [
  [true, { host: "127.0.0.1:8787" }],
  [true, { host: "localhost:8787" }],
  [true, { host: "LOCALHOST" }],
  [true, { host: "127.1.2.3:1" }],
  [true, { host: "[::1]:8787" }],
  [true, { host: "codex.localhost:8787" }],
  [false, { host: "evil.example:8787" }],
  [false, { host: "127.0.0.1.evil.example" }],
  [false, { host: "localhost.evil.example" }],
  [false, { host: "evil.example#localhost" }],
  [false, { host: "user@localhost" }],
  [false, { host: "192.168.0.7:8787" }],
  [false, { host: "0.0.0.0:8787" }],
  [false, { host: "127.0.0.999" }],
  [false, { host: "[::2]" }],
  [false, { host: "localhost:8787 evil" }],
  [false, { host: "" }],
  [false, {}],
  [true, { host: "127.0.0.1:8787", origin: "http://127.0.0.1:8787", "sec-fetch-site": "same-origin" }],
  [true, { host: "127.0.0.1:8787", "sec-fetch-site": "none" }],
  [false, { host: "127.0.0.1:8787", origin: "https://evil.example" }],
  [false, { host: "127.0.0.1:8787", origin: "http://127.0.0.1:3000" }],
  [false, { host: "127.0.0.1:8787", origin: "https://127.0.0.1:8787" }],
  [false, { host: "127.0.0.1:8787", origin: "http://localhost:8787" }],
  [false, { host: "127.0.0.1:8787", origin: "null" }],
  [false, { host: "127.0.0.1:8787", origin: "" }],
  [false, { host: "127.0.0.1:8787", "sec-fetch-site": "cross-site" }],
  [false, { host: "127.0.0.1:8787", "sec-fetch-site": "same-site" }],
  [false, { host: "evil.example", origin: "http://evil.example", "sec-fetch-site": "same-origin" }],
];

describe("a request", () => {
  it.each(cases)("is served: %s, with %j", (served, headers) => {
    const why = whyForbidden({ headers }, "127.0.0.1");
    expect(why === undefined).toBe(served);
  });

  it.each([
    ["192.168.0.7", "192.168.0.7:8787", true],
    ["192.168.0.7", "192.168.0.8:8787", false],
    ["192.168.0.7", "127.0.0.1:8787", true],
    ["my-box", "my-box:8787", true],
    ["my-box", "other-box:8787", false],
    ["fe80::1", "[fe80::1]:8787", true],
    ["0.0.0.0", "anything.example:8787", true],
    ["::", "[fe80::2]", true],
  ])("to a proxy on %s, called by %s, is served: %s", (listening, host, served) => {
    expect(whyForbidden({ headers: { host } }, listening) === undefined).toBe(served);
  });

  it("of a web page is still refused when every name is allowed", () => {
    const headers = { host: "box.example", origin: "https://evil.example" };
    expect(whyForbidden({ headers }, "0.0.0.0")).toContain("web pages");
  });
});

describe("the server", () => {
  const paths = ["/healthz", "/metrics", "/v1/models", "/v1/responses", "/nowhere"];

  it.each(paths)("refuses them at %s, says why, and asks nobody", async (path) => {
    let asked = 0;
    const upstream = await httpUpstream((_, response) => void (asked++, response.end()));
    const { url } = await startProxy(upstream.url);
    const refused = async (headers: Headers): Promise<string> => {
      const seen = await ask(url, { method: "POST", path, headers, body: turnBody() });
      expect(seen).toMatchObject({ status: 403, headers: { "content-type": "application/json" } });
      expect(seen.headers["access-control-allow-origin"]).toBeUndefined();
      const { error } = JSON.parse(seen.text) as { error: { message: string } };
      expect(error).toMatchObject({ type: "invalid_request_error", param: null, code: "forbidden" });
      return error.message;
    };
    expect(await refused({ host: "evil.example" })).toContain("evil.example");
    expect(await refused({ origin: "https://evil.example" })).toContain("https://evil.example");
    expect(await refused({ "sec-fetch-site": "cross-site" })).toContain("other web sites");
    expect(asked).toBe(0);
  });

  it("answers a preflight like any other request of a page: not at all", async () => {
    const { url } = await startProxy("http://127.0.0.1:9");
    const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
    expect((await ask(url, { method: "OPTIONS", path: "/v1/responses", headers })).status).toBe(403);
  });

  it("quotes at most a little of what it was sent, and only what can be printed", async () => {
    const { url } = await startProxy("http://127.0.0.1:9");
    const seen = await ask(url, { path: "/healthz", headers: { origin: `\u00ff${"x".repeat(5000)}` } });
    expect(seen.text).toContain('(Origin \\"?xxx');
    expect(seen.text.length).toBeLessThan(400);
  });
});

describe("listening elsewhere than on a loopback address", () => {
  it.each(["127.0.0.1", "127.255.0.1", "localhost", "LocalHost", "::1"])("%s is loopback", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(["0.0.0.0", "::", "192.168.0.7", "example.org", "127.example.org", "1127.0.0.1", ""])(
    "%j is not, and has to be allowed",
    async (host) => {
      expect(isLoopback(host)).toBe(false);
      await expect(startProxy("auto", { host })).rejects.toThrow(/loopback.*--allow-remote/);
    },
  );

  it("works where it is allowed", async () => {
    const { url, proxy } = await startProxy("auto", { host: "0.0.0.0", allowRemote: true });
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+\/v1$/);
    expect((await ask(url, { path: "/healthz", headers: { host: "box.example" } })).status).toBe(200);
    await proxy.close();
  });
});
