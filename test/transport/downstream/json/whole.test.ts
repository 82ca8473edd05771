import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { round } from "../../../../src/testing/index.js";
import { ask } from "../../support/client.js";
import { jsonBody, responseOf, runJsonTurn } from "../../support/json.js";
import { startProxy, type ProxySettings } from "../../support/proxy.js";
import { bodyOf, httpUpstream } from "../../support/upstreams.js";

const items = { output: "items" } as const;
const natural = round().reasoning(291).message("21, for the ä is in it twice. 🎲").completed(items);
const cut = round().reasoning(516).message("29").completed(items);

interface Received {
  readonly body: string;
  readonly headers: readonly string[];
}

/** A proxy before an upstream that answers every POST with the same bytes. */
async function answering(
  body: string | Uint8Array,
  head: readonly string[] = ["content-type", "application/json"],
  settings: ProxySettings = {},
  status = 200,
) {
  const received: Received[] = [];
  const upstream = await httpUpstream((request, response) => {
    void bodyOf(request).then((bytes) => {
      received.push({ body: bytes.toString(), headers: request.rawHeaders });
      response.sendDate = false;
      response.writeHead(status, "Fine", head as string[]).end(body);
    });
  });
  const { url, proxy } = await startProxy(upstream.url, settings);
  return { url, proxy, received, report: firstValueFrom(proxy.turns$) };
}

describe("a turn of one round", () => {
  it("reaches the client byte for byte, head included", async () => {
    const body = responseOf(natural).replace('"output":', '"odd" : 9007199254740993,\r\n "output":');
    const head = [
      ...["Content-Type", "application/json; charset=utf-8", "X-Request-ID", "req_1"],
      ...["Set-Cookie", "a=1; Path=/", "set-cookie", "b=2", "OpenAI-Processing-Ms", "12"],
      ...["Date", "Tue, 01 Sep 2026 10:00:00 GMT", "ETag", '"1"'],
      ...["Content-Length", String(Buffer.byteLength(body))],
    ];
    const { url, report } = await answering(body, head);

    const seen = await runJsonTurn(url);

    expect(seen.text).toBe(body);
    expect([seen.status, seen.statusText, seen.complete]).toEqual([200, "Fine", true]);
    expect(seen.rawHeaders.slice(0, head.length)).toEqual(head);
    expect(seen.rawHeaders.slice(head.length)).toEqual(["Connection", "close"]);
    expect(await report).toMatchObject({ transport: "json", outcome: "completed", stop: "natural" });
  });

  it.each([
    ["with stream: false", jsonBody({ seed: 1 })],
    ["without stream", jsonBody({ seed: 1, stream: undefined })],
    ["with stream: null", jsonBody({ seed: 1, stream: null })],
  ])("reaches the upstream byte for byte, %s", async (_, asked) => {
    const body = asked.replace('"seed":1', '"seed" : 9007199254740993');
    const { url, received } = await answering(responseOf(natural));

    await runJsonTurn(url, body, { Authorization: "Bearer one", "X-List": ["1", "2"] });

    expect(received[0]?.body).toBe(body);
    expect(received[0]?.headers.join("\n")).toContain("Authorization\nBearer one\nX-List\n1\nX-List\n2");
  });

  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ])("stays compressed as it came: %s", async (encoding, compress) => {
    const body = compress(responseOf(natural));
    const head = ["content-type", "application/json", "content-encoding", encoding];
    const { url, report } = await answering(body, head);

    const seen = await runJsonTurn(url);

    expect(seen.body.equals(body)).toBe(true);
    expect(seen.headers["content-encoding"]).toBe(encoding);
    expect(await report).toMatchObject({ usage: { reasoning: 291 } });
  });

  it.each([
    ["incomplete", round().reasoning(516).incomplete("max_output_tokens", items), "not_completed"],
    ["failed", round().failed({ code: "server_error" }), "not_completed"],
    [
      "completed",
      round().reasoning(516).message("29").completed({ usage: null, output: "items" }),
      "natural",
    ],
  ])("passes as it is when it is %s", async (outcome, built, stop) => {
    const { url, received, report } = await answering(responseOf(built));
    expect((await runJsonTurn(url)).text).toBe(responseOf(built));
    expect(received).toHaveLength(1);
    expect(await report).toMatchObject({ outcome, stop });
  });

  it.each([
    ["text/plain", ["content-type", "text/plain; charset=utf-8"]],
    ["no content type", ["x-own", "1"]],
  ])("may be called something else: %s", async (_, head) => {
    const { url, report } = await answering(responseOf(natural), head);
    const seen = await runJsonTurn(url);
    expect(seen.text).toBe(responseOf(natural));
    expect(seen.rawHeaders.slice(0, 2)).toEqual(head);
    expect(await report).toMatchObject({ usage: { reasoning: 291 } });
  });

  it("may have no status, as some gateways leave it", async () => {
    const body = responseOf(natural).replace('"status": "completed",', "");
    const { url, report } = await answering(body);
    expect((await runJsonTurn(url)).text).toBe(body);
    expect(await report).toMatchObject({ outcome: "completed", usage: { reasoning: 291 } });
  });
});

describe("what is no response", () => {
  const json = ["content-type", "application/json"];
  const html = ["content-type", "text/html"];
  const sse = ["content-type", "text/event-stream"];

  it.each<[string, number, readonly string[], string | Uint8Array, string]>([
    ["a refusal", 429, [...json, "retry-after", "3"], '{"error":{"code":"usage_limit_reached"}}', "HTTP 429"],
    ["a login that is over", 401, json, '{"error":{"code":"token_expired"}}', "HTTP 401"],
    ["a page", 200, html, "<html>Sign in</html>", "HTTP 200"],
    ["a stream that nobody asked for", 200, sse, 'data: {"type":"response.created"}\n\n', "HTTP 200"],
    ["an error with a good status", 200, json, '{"error":{"message":"no"}}', "HTTP 200"],
    ["JSON of another kind", 200, json, '{"object":"list","data":[]}', "HTTP 200"],
    ["no JSON", 200, json, '{"object":"response","output":[', "HTTP 200"],
    ["nothing", 204, [], "", "HTTP 204"],
    ["a response that is not over", 200, json, '{"object":"response","status":"in_progress"}', "HTTP 200"],
    ["what cannot be unpacked", 200, [...json, "content-encoding", "gzip"], "no gzip", "HTTP 200"],
    ["an unknown encoding", 200, [...json, "content-encoding", "snappy"], "?", "HTTP 200"],
  ])("passes as it is: %s", async (_, status, head, body, failure) => {
    const { url, report } = await answering(body, head, {}, status);
    const seen = await runJsonTurn(url);
    expect(seen).toMatchObject({ status, statusText: "Fine", text: String(body), complete: true });
    expect(seen.rawHeaders.slice(0, head.length)).toEqual(head);
    expect(await report).toMatchObject({ outcome: "rejected", rounds: [{ failure }] });
  });

  it("is any other way to ask: HEAD, GET and PUT pass through", async () => {
    const { url, proxy } = await answering("{}");
    for (const method of ["HEAD", "GET", "PUT"])
      expect((await ask(url, { method, path: "/v1/responses" })).status).toBe(200);
    expect(proxy.health().counters.turns).toBe(0);
  });
});

describe("a cut round that is never continued", () => {
  const compaction = jsonBody({ input: [{ type: "compaction_trigger" }] });

  it.each<[string, string, ProxySettings, string | undefined]>([
    ["in a conversation", jsonBody({ conversation: "conv_1" }), {}, "conversation"],
    ["for compaction", compaction, {}, "compaction_request"],
    [
      "without reasoning options, of a model that nobody knows",
      jsonBody({ reasoning: undefined, include: [], model: "o9" }),
      { fold: { models: ["*"] } },
      "no_encrypted_content",
    ],
    ["past the budget", jsonBody(), { fold: { maxContinue: 0 } }, "max_continue"],
  ])("says why, and nothing else changes: %s", async (_, body, settings, stop) => {
    const { url, received, report } = await answering(responseOf(cut), undefined, settings);
    const { metadata, ...seen } = JSON.parse((await runJsonTurn(url, body)).text) as Record<string, unknown>;
    const { metadata: _own, ...sent } = JSON.parse(responseOf(cut)) as Record<string, unknown>;
    expect(seen).toEqual(sent);
    expect(metadata).toMatchObject({ proxy_rounds: [{ n: 1 }], proxy_stopped_reason: stop });
    expect(received).toHaveLength(1);
    expect(await report).toMatchObject({ stop });
  });

  it.each<[string, ProxySettings]>([
    ["observe", { fold: { mode: "observe" } }],
    ["model_not_selected", { fold: { models: ["o3"] } }],
  ])("passes byte for byte: %s", async (stop, settings) => {
    const { url, received, report } = await answering(responseOf(cut), undefined, settings);
    expect((await runJsonTurn(url)).text).toBe(responseOf(cut));
    expect(received).toHaveLength(1);
    expect(await report).toMatchObject({ stop, rounds: [{ tier: 1 }] });
  });

  it.each<[string, string, ProxySettings]>([
    ["background: true", jsonBody({ background: true, include: [] }), {}],
    ["mode off", jsonBody({ include: [] }), { fold: { mode: "off" } }],
  ])("is no turn: %s", async (_, body, settings) => {
    const filed = '{"object":"response","status":"queued","output":[]}';
    const { url, received, proxy } = await answering(filed, undefined, settings);
    expect((await runJsonTurn(url, body)).text).toBe(filed);
    expect(received.map((request) => request.body)).toEqual([body]);
    expect(proxy.health().counters).toMatchObject({ turns: 0, failed: 0 });
  });
});
