import { describe, expect, it } from "vitest";
import {
  isLoopback,
  originForm,
  whyInadmissible,
  type Guard,
  type Guarded,
} from "../../../src/transport/downstream/guard.js";
import { ask, rawConnection } from "../support/client.js";
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

/** Why a request with these headers is not served, by a proxy that listens on this address. */
function whyNot(
  headers: Headers,
  host = "127.0.0.1",
  more: Partial<Guard & Pick<Guarded, "url" | "socket">> = {},
) {
  const {
    allowHost = [],
    url = "/v1/models",
    socket = { localAddress: "127.0.0.1", localPort: 8787 },
  } = more;
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => [name, String(each)]),
  );
  const request = { url, headers, rawHeaders, socket } as unknown as Guarded;
  return whyInadmissible(request, { host, allowHost });
}

describe("a request", () => {
  it.each(cases)("is served: %s, with %j", (served, headers) => {
    expect(whyNot(headers)?.status).toBe(served ? undefined : 403);
  });

  it.each([
    ["192.168.0.7", "192.168.0.7:8787", true],
    ["192.168.0.7", "192.168.0.8:8787", false],
    ["192.168.0.7", "127.0.0.1:8787", true],
    ["my-box", "my-box:8787", true],
    ["my-box", "other-box:8787", false],
    ["fe80::1", "[fe80::1]:8787", true],
    ["0.0.0.0", "anything.example:8787", false],
    ["0.0.0.0", "0.0.0.0:8787", true],
    ["0.0.0.0", "localhost:9000", true],
    ["::", "[fe80::2]", false],
  ])("to a proxy on %s, called by %s, is served: %s", (listening, host, served) => {
    expect(whyNot({ host }, listening) === undefined).toBe(served);
  });

  it("to a proxy on all addresses is served by the address that it came to", () => {
    const at = (localAddress: string) => ({ socket: { localAddress, localPort: 8787 } as Guarded["socket"] });
    expect(whyNot({ host: "192.168.0.7:8787" }, "0.0.0.0", at("192.168.0.7"))).toBeUndefined();
    expect(whyNot({ host: "192.168.0.7:8787" }, "::", at("::ffff:192.168.0.7"))).toBeUndefined();
    expect(whyNot({ host: "[fe80::2]:8787" }, "::", at("fe80::2"))).toBeUndefined();
    expect(whyNot({ host: "192.168.0.8:8787" }, "0.0.0.0", at("192.168.0.7"))?.status).toBe(403);
    expect(whyNot({ host: "192.168.0.7:8787" }, "10.0.0.1", at("192.168.0.7"))?.status).toBe(403);
  });

  it("is served by the names that are allowed", () => {
    const allowHost = ["Box.example", "codexcomp:8787", "[fe80::3]"];
    for (const host of ["box.example:8787", "codexcomp", "[fe80::3]:8787", "localhost"])
      expect(whyNot({ host }, "0.0.0.0", { allowHost })).toBeUndefined();
    expect(whyNot({ host: "evil.example" }, "0.0.0.0", { allowHost })?.message).toContain("--allow-host");
  });

  it("of a web page is still refused by a name that is allowed", () => {
    const headers = { host: "box.example", origin: "https://evil.example" };
    expect(whyNot(headers, "0.0.0.0", { allowHost: ["box.example"] })?.message).toContain("web pages");
  });

  it.each([
    ["http://127.0.0.1:8787/v1/models", undefined],
    ["HTTP://LocalHost:8787/v1/models?a=http://x/", undefined],
    ["http://127.0.0.1:8788/v1/models", 421],
    ["http://127.0.0.1/v1/models", 421],
    ["https://127.0.0.1:8787/v1/models", 421],
    ["http://example.com/v1/models", 421],
    ["http://user@127.0.0.1:8787/v1/models", 421],
    ["http:///v1/models", 421],
    ["ftp://127.0.0.1:8787/", 421],
    ["/v1/models?next=http://example.com/", undefined],
  ])("for %s is answered with %s", (url, status) => {
    expect(whyNot({ host: "127.0.0.1:8787" }, "127.0.0.1", { url })?.status).toBe(status);
  });

  it("in absolute form may name the port that a container's is mapped to", () => {
    const url = "http://127.0.0.1:9000/v1/models";
    expect(whyNot({ host: "127.0.0.1:9000" }, "0.0.0.0", { url })).toBeUndefined();
  });

  it("has the same path in absolute form", () => {
    expect(originForm("http://127.0.0.1:8787/v1/models?x=%7e")).toBe("/v1/models?x=%7e");
    expect(originForm("http://127.0.0.1:8787?x=1")).toBe("/?x=1");
    expect(originForm("/v1/a://b")).toBe("/v1/a://b");
    expect(originForm(undefined)).toBe("/");
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

  it("has no use for two hosts, and none for a target that is not its own", async () => {
    const asked: string[] = [];
    const upstream = await httpUpstream((request, response) => {
      asked.push(String(request.url));
      response.end("{}");
    });
    const { url } = await startProxy(`${upstream.url}/api`);
    const { host } = new URL(url);
    const status = async (target: string, ...lines: string[]): Promise<string | undefined> => {
      const raw = await rawConnection(url);
      raw.write([`GET ${target} HTTP/1.1`, ...lines, "Connection: close", "\r\n"].join("\r\n"));
      return /^HTTP\/1\.1 (\d+)/.exec(await raw.closed())?.[1];
    };
    const upgrade = [
      ...["Connection: Upgrade", "Upgrade: websocket"],
      ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
    ];

    expect(await status("/v1/models", `Host: ${host}`, `host: ${host}`)).toBe("400");
    expect(await status("/v1/responses", `Host: ${host}`, `host: ${host}`, ...upgrade)).toBe("400");
    expect(await status("http://example.com/v1/models", `Host: ${host}`)).toBe("421");
    expect(await status("http://example.com/v1/responses", `Host: ${host}`, ...upgrade)).toBe("421");
    expect(asked).toEqual([]);
    expect(await status(`http://${host}/v1/models?a=1`, `Host: ${host}`)).toBe("200");
    expect(asked).toEqual(["/api/models?a=1"]);
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
    expect((await ask(url, { path: "/healthz", headers: { host: "box.example" } })).status).toBe(403);
    expect((await ask(url, { path: "/healthz" })).status).toBe(200);
    await proxy.close();
  });
});
