import type { IncomingMessage } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ask, rawConnection, type Asking } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { bodyOf, httpUpstream, rawUpstream } from "../support/upstreams.js";

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A proxy before an upstream that tells what it received, and answers. */
async function passing(
  answer: { status?: number; headers?: readonly string[]; body?: string | Uint8Array } = {},
  base = "",
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const upstream = await httpUpstream((request: IncomingMessage, response) => {
    void bodyOf(request).then((body) => {
      const { method, url, rawHeaders } = request;
      received.push({ method, url, rawHeaders, body: body.toString() });
      response.sendDate = false;
      response.writeHead(answer.status ?? 200, answer.headers as string[] | undefined).end(answer.body);
    });
  });
  const { url } = await startProxy(`${upstream.url}${base}`);
  return { url, received };
}

describe("what passes through keeps", () => {
  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "TRACE"])(
    "its method: %s",
    async (method) => {
      const { url, received } = await passing({ status: 207, body: "well" });
      const hasBody = !["GET", "TRACE", "OPTIONS"].includes(method);
      const asking: Asking = {
        method,
        path: "/v1/things",
        ...(hasBody && { body: "some", headers: { "content-length": 4 } }),
      };
      expect(await ask(url, asking)).toMatchObject({ status: 207, text: "well" });
      expect(received).toMatchObject([{ method, url: "/things", body: hasBody ? "some" : "" }]);
    },
  );

  it.each([
    "/v1/models?client_version=0.169.0&x=%20%2F&y=a+b&&z",
    "/v1/a%2Fb/%C3%A9/..%2fx?path=../../etc",
    "/v1//double///slashes/",
    "/v1/.../.hidden/a.b/%2e%2e%2e",
    "/v1?only=query",
    "/v1",
    "/v1/responses/compact",
    "/v1/responses/?trailing",
    "/v1/~user/(1);v=1,2/'*'!$&@:|^{}[]`",
  ])("its path and query as they were written: %s", async (path) => {
    const { url, received } = await passing({}, "/backend-api/codex");
    expect((await ask(url, { method: "DELETE", path })).status).toBe(200);
    expect(received[0]?.url).toBe(`/backend-api/codex${path.slice("/v1".length)}`);
  });

  it.each([100, 199, 200, 204, 304, 301, 404, 418, 500, 599].filter((status) => status >= 200))(
    "the status: %i",
    async (status) => {
      const { url } = await passing({ status, headers: ["x-mine", "1"] });
      const seen = await ask(url, { path: "/v1/models" });
      expect(seen).toMatchObject({ status, complete: true, headers: { "x-mine": "1" } });
    },
  );

  it("header lists, names as they were written, and values of any byte", async () => {
    const headers = [
      ...["Set-Cookie", "a=1; Path=/", "set-cookie", "b=2", "Via", "1.1 a", "Via", "1.1 b"],
      ...[
        "X-Request-ID",
        "r\u00e9q",
        "ETag",
        'W/"1"',
        "Date",
        "Tue, 01 Sep 2026 10:00:00 GMT",
        "X-Empty",
        "",
      ],
    ];
    const { url, received } = await passing({ headers });
    const asked = [
      "Accept",
      "a/b",
      "Accept",
      "c/d",
      "X-Bytes",
      "\u00e9\u00ff",
      "Cookie",
      "s=1",
      "Authorization",
      "Bearer t",
    ];
    const seen = await ask(url, { path: "/v1/models", headers: ["Host", "127.0.0.1", ...asked] });
    expect(seen.rawHeaders.slice(0, headers.length)).toEqual(headers);
    expect(received[0]?.rawHeaders.join("\n")).toContain(asked.join("\n"));
  });

  it("compressed bodies compressed", async () => {
    const body = gzipSync("zipped");
    const { url, received } = await passing({ headers: ["Content-Encoding", "gzip"], body });
    const sent = brotliCompressSync("sent");
    const headers = { "content-encoding": "br", "accept-encoding": "gzip, br" };
    const seen = await ask(url, { method: "POST", path: "/v1/files", headers, body: sent });
    expect(seen.body.equals(body)).toBe(true);
    expect(received[0]?.body).toBe(sent.toString());
    expect(received[0]?.rawHeaders.join()).toContain("accept-encoding,gzip, br");
  });

  it("the answer of HEAD: a length and no body", async () => {
    const { url } = await passing({ headers: ["Content-Length", "1234", "ETag", '"1"'] });
    const seen = await ask(url, { method: "HEAD", path: "/v1/files/1" });
    expect(seen).toMatchObject({ status: 200, text: "", headers: { "content-length": "1234", etag: '"1"' } });
  });

  it("the conversation about what has not changed", async () => {
    const { url, received } = await passing({
      status: 304,
      headers: ["ETag", '"1"', "Cache-Control", "max-age=60"],
    });
    const seen = await ask(url, { path: "/v1/models", headers: { "if-none-match": '"1"' } });
    expect(seen).toMatchObject({
      status: 304,
      text: "",
      headers: { etag: '"1"', "cache-control": "max-age=60" },
    });
    expect(received[0]?.rawHeaders.join()).toContain('if-none-match,"1"');
  });

  it("an answer without a length, and a reason in any language", async () => {
    const upstream = await rawUpstream((socket) =>
      socket.end("HTTP/1.0 200 Tr\xe8s bien\r\nX-Old: yes\r\n\r\nuntil the end", "latin1"),
    );
    const { url } = await startProxy(upstream.url);
    const seen = await ask(url, { path: "/v1/models" });
    expect(seen).toMatchObject({
      status: 200,
      text: "until the end",
      complete: true,
      headers: { "x-old": "yes" },
    });
    expect(seen.statusText).toMatch(/^Tr.+s bien$/);
  });
});

describe("what ends here are", () => {
  it("hop-by-hop headers, and those that Connection lists", async () => {
    const hop = [
      ...[
        "Connection",
        "close, X-Hop",
        "Keep-Alive",
        "timeout=5",
        "X-Hop",
        "1",
        "Proxy-Authenticate",
        "Basic",
      ],
      ...["Upgrade", "h2c", "Trailer", "X-T"],
    ];
    const { url, received } = await passing({ headers: [...hop, "X-Kept", "1"], body: "b" });
    const asked = [
      ...["Host", "localhost:1", "Connection", "X-Mine, close", "X-Mine", "1", "TE", "trailers"],
      ...["Proxy-Authorization", "Basic c2VjcmV0", "Proxy-Connection", "keep-alive", "X-Kept", "2"],
    ];
    const seen = await ask(url, { path: "/v1/models", headers: asked });
    expect(seen.headers).toMatchObject({ "x-kept": "1" });
    for (const name of ["x-hop", "proxy-authenticate", "upgrade", "trailer"])
      expect(seen.headers[name]).toBeUndefined();
    expect(seen.headers["connection"]).toBe("close");
    const up = received[0]?.rawHeaders.join().toLowerCase() ?? "";
    expect(up).toContain("x-kept,2");
    expect(up).not.toMatch(/x-mine|trailers|proxy-|localhost/);
  });

  it.each([
    "/v1/../secret",
    "/v1/a/./b",
    "/v1/%2e%2e/x",
    "/v1/a/.%2E",
    "/v1/..",
    "/v1/.?x",
    "/v1/..\\x",
    "/v1/a\\..\\b",
  ])("paths that some would resolve to others: %s", async (path) => {
    const { url, received } = await passing();
    const client = await rawConnection(url);
    client.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect(await client.closed()).toMatch(/^HTTP\/1.1 400 .*dot segments/s);
    expect(received).toHaveLength(0);
  });

  it.each(["/", "/v2/models", "/v1x", "/v", "//v1/models", "/V1/models"])(
    "paths that are not the API's: %s",
    async (path) => {
      const { url, received } = await passing();
      const seen = await ask(url, { path });
      expect(seen.status).toBe(404);
      expect(JSON.parse(seen.text)).toMatchObject({
        error: { code: "not_found", message: expect.stringContaining("/v1") },
      });
      expect(received).toHaveLength(0);
    },
  );

  it("an answer that breaks off, after all that came before", async () => {
    const half = "x".repeat(200_000);
    const upstream = await rawUpstream((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${half}`),
    );
    const { url } = await startProxy(upstream.url);
    const seen = await ask(url, { path: "/v1/files/1/content" });
    expect(seen).toMatchObject({ status: 200, complete: false });
    expect(seen.text).toHaveLength(half.length);
  });
});
