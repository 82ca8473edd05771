import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { runTurn } from "../support/turns.js";
import { startProxy } from "../support/proxy.js";
import { httpUpstream } from "../support/upstreams.js";

interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
}

const apiError = (fields: object): string =>
  JSON.stringify({ error: { message: "No.", param: null, ...fields } });

/** What an upstream can say to round 1 that is no stream of events. */
const refusals: Readonly<Record<string, Refusal>> = {
  "401": {
    status: 401,
    headers: ["Content-Type", "application/json", "WWW-Authenticate", 'Bearer realm="api"', "cf-ray", "8a"],
    body: apiError({ code: "token_expired" }),
  },
  "429 with its limits": {
    status: 429,
    headers: [
      ...["Content-Type", "application/json", "Retry-After", "17"],
      ...["x-codex-primary-used-percent", "100.0", "set-cookie", "a=1", "set-cookie", "b=2"],
    ],
    body: apiError({ type: "usage_limit_reached", resets_at: 1738888888 }),
  },
  "503 as a page": {
    status: 503,
    reason: "Service Unavailable (try later)",
    headers: ["Content-Type", "text/html", "Server", "cloudflare"],
    body: "<html><body>\r\n<h1>503</h1>\u00e4\n</body></html>\n",
  },
  "400 that is zipped": {
    status: 400,
    headers: ["Content-Type", "application/json", "Content-Encoding", "gzip"],
    body: gzipSync(apiError({ code: "context_length_exceeded" })),
  },
  redirect: {
    status: 307,
    headers: ["Location", "https://elsewhere.example/v1/responses", "Content-Length", "0"],
    body: "",
  },
  "200 that is JSON": {
    status: 200,
    headers: ["Content-Type", "application/json; charset=utf-8"],
    body: '{"id":"resp_1", "object":"response","big":9007199254740993}',
  },
  "200 without a content type": { status: 200, headers: [], body: "database: none\n\n" },
  "200 that says next to nothing": { status: 200, headers: ["Content-Type", "text/plain"], body: "\n\nda" },
  "200 that says nothing": { status: 200, headers: ["Content-Type", "text/plain"], body: "" },
  "stream in an encoding that cannot be undone": {
    status: 200,
    headers: ["Content-Type", "text/event-stream", "Content-Encoding", "aes128gcm"],
    body: "event: response.created\ndata: {}\n\n",
  },
  "204": { status: 204, headers: ["x-request-id", "r"], body: "" },
};

describe("round 1 answered by", () => {
  it.each(Object.entries(refusals))("%s reaches the client as it is", async (_, refusal) => {
    const { status, reason = "Because", headers, body } = refusal;
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.sendDate = false;
      response.writeHead(status, reason, headers as string[]).end(body);
    });
    const { url, proxy } = await startProxy(upstream.url);

    const seen = await runTurn(url);

    expect([seen.status, seen.statusText, seen.complete]).toEqual([status, reason, true]);
    expect(seen.rawHeaders.slice(0, headers.length)).toEqual(headers);
    expect(seen.body.equals(Buffer.from(body))).toBe(true);
    expect(proxy.health().counters).toMatchObject({ turns: 1, open: 0, failed: 1 });
  });

  it("a refusal that dies half-way dies half-way", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(429, { "content-type": "application/json" });
      response.write('{"error":', () => response.socket?.end());
    });
    const { url } = await startProxy(upstream.url);
    expect(await runTurn(url)).toMatchObject({ status: 429, text: '{"error":', complete: false });
  });
});
