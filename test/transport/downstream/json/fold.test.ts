import { brotliCompressSync, gzipSync } from "node:zlib";
import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import { round, type Answer } from "../../../../src/testing/index.js";
import { ask, begin } from "../../support/client.js";
import { deferred } from "../../support/deferred.js";
import { jsonBody, read, responseOf, runJsonTurn, type ReadResponse } from "../../support/json.js";
import { startProxy, type ProxySettings } from "../../support/proxy.js";
import { eventsOf, runTurn, simulated, turnBody, turnRequest } from "../../support/turns.js";
import { bodyOf, httpUpstream } from "../../support/upstreams.js";

const natural = round().reasoning(291).message("21").completed();
const cut = round().reasoning(516).message("29").completed();

async function proxied(script: readonly Answer[], settings: ProxySettings = {}) {
  const upstream = await simulated({ script });
  const { url, proxy } = await startProxy(`${upstream.url}/v1`, settings);
  return { upstream, url, proxy, report: firstValueFrom(proxy.turns$) };
}

describe("a cut turn that does not stream", () => {
  it("is one response of all its rounds", async () => {
    const { upstream, url, report } = await proxied([cut, natural]);
    const seen = await runJsonTurn(url);
    const folded = read(seen);

    expect(seen.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(seen.body.length),
    });
    expect(folded).toMatchObject({
      id: upstream.requests[0]?.responseId,
      status: "completed",
      output: [{ type: "reasoning" }, { type: "reasoning" }, { content: [{ text: "21" }] }],
      usage: { output_tokens_details: { reasoning_tokens: 807 } },
      metadata: {
        proxy_rounds: [
          { round: 1, reasoning_tokens: 516, n: 1 },
          { round: 2, reasoning_tokens: 291, n: null },
        ],
        proxy_billed_usage: { output_tokens_details: { reasoning_tokens: 807 } },
      },
    });
    expect(seen.text).not.toContain('"29"');
    expect(await report).toMatchObject({
      ...{ transport: "json", outcome: "completed", stop: "natural" },
      rounds: [{ tier: 1, held: ["message"], live: undefined }, { live: undefined }],
    });
  });

  it.each<[string, object, object]>([
    ["stream: false", { stream: false }, { stream: false }],
    ["nothing", {}, {}],
    ["stream: null", { stream: null }, { stream: null }],
  ])("asks for its continuations as its client did: %s", async (_, asked, sent) => {
    const { upstream, url } = await proxied([cut, natural]);
    await runJsonTurn(url, jsonBody({ stream: undefined, ...asked }));
    const [one, two] = upstream.requests.map(({ body }) => body);
    const { stream: _stream, input: _input, ...rest } = one ?? {};
    expect(two).toEqual({ ...rest, ...sent, input: two?.["input"] });
    expect(two && "stream" in two).toBe("stream" in sent);
  });

  it("asks for the encrypted reasoning that a continuation needs", async () => {
    const { upstream, url } = await proxied([cut, natural]);
    expect(read(await runJsonTurn(url, jsonBody({ include: undefined }))).output).toHaveLength(3);
    expect(upstream.requests[0]?.body["include"]).toEqual(["reasoning.encrypted_content"]);
  });

  it("is folded for a client that says no more than a model and a question", async () => {
    const { url } = await proxied([cut, natural]);
    const plain = JSON.stringify({ model: "gpt-5.5", input: "How many?" });
    expect(read(await runJsonTurn(url, plain)).metadata).toHaveProperty("proxy_rounds");
  });

  it("is the same response as in a stream", async () => {
    const { url: streaming } = await proxied([cut, natural]);
    const { url } = await proxied([cut, natural]);
    const events = eventsOf((await runTurn(streaming, turnBody())).text);
    const streamed = events.at(-1)?.["response"] as ReadResponse;
    expect(comparable(read(await runJsonTurn(url)))).toEqual(comparable(streamed));
  });

  it("holds however small the reasoning looks", async () => {
    const brief = round().reasoning({ tokens: 516, bytes: 713 }).message("29").completed();
    const { url } = await proxied([brief, natural]);
    expect((await runJsonTurn(url)).text).not.toContain('"29"');
  });

  it("keeps what parsing would not", async () => {
    const bodies = [cut, natural].map((built) =>
      responseOf(built).replace('"output": []', `"odd": 9007199254740993,\n "output": ${itemsOf(built)}`),
    );
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).end(bodies.shift());
    });
    const { url } = await startProxy(upstream.url);
    expect((await runJsonTurn(url)).text).toContain('"odd": 9007199254740993');
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("may be answered compressed, and is not any more: %s", async (encoding, compress) => {
    const bodies = [cut, natural].map((built) =>
      compress(responseOf(built).replace('"output": []', `"output": ${itemsOf(built)}`)),
    );
    const head = {
      "content-type": "application/json",
      "content-encoding": encoding,
      etag: '"1"',
      "x-own": "1",
    };
    const upstream = await httpUpstream((request, response) => {
      void bodyOf(request).then(() => response.writeHead(200, head).end(bodies.shift()));
    });
    const { url } = await startProxy(upstream.url);
    const seen = await runJsonTurn(url, jsonBody(), { "accept-encoding": "gzip, br" });
    expect(read(seen).output).toHaveLength(3);
    expect(seen.headers).toMatchObject({ "content-length": String(seen.body.length), "x-own": "1" });
    expect(seen.headers["content-encoding"]).toBeUndefined();
    expect(seen.headers["etag"]).toBeUndefined();
  });

  it("says nothing before the end", async () => {
    const [held, going] = [deferred(), deferred()];
    const holding: Answer = {
      events: natural,
      before: ({ index }) => (index === 0 ? (held.resolve(), going.promise) : undefined),
    };
    const { url } = await proxied([cut, holding], { fold: { keepAliveSeconds: 0.001 } });
    const request = begin(url, turnRequest(jsonBody()));
    let heard = 0;
    request.on("socket", (socket) => socket.on("data", () => heard++));
    const answered = new Promise<void>((resolve) => request.on("response", () => resolve()));
    await held.promise;
    // Another turn of the same proxy, from its beginning to its end.
    await ask(url, { path: "/v1/models" });
    expect(heard).toBe(0);
    going.resolve();
    await answered;
  });

  it("brings the turn state of round 1, and no idempotency key twice", async () => {
    const state = "x-codex-turn-state";
    const { upstream, url } = await proxied([{ events: cut, headers: { [state]: "first" } }, natural]);
    const seen = await runJsonTurn(url, jsonBody(), { "Idempotency-Key": "k", Authorization: "Bearer one" });
    expect(upstream.requests.map(({ headers }) => headers[state])).toEqual([undefined, "first"]);
    expect(upstream.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["k", undefined]);
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer one",
      "Bearer one",
    ]);
    expect(seen.headers[state]).toBe("first");
  });
});

describe("a stored response that was folded", () => {
  it("is gone on from, and asked for, by the id that the client knows", async () => {
    const { upstream, url } = await proxied([cut, natural, natural]);
    const body = jsonBody({ store: true });
    const { id } = read(await runJsonTurn(url, body));
    const released = upstream.requests[1]?.responseId;
    expect(id).toBe(upstream.requests[0]?.responseId);
    expect(id).not.toBe(released);

    expect((await runJsonTurn(url, jsonBody({ store: true, previous_response_id: id }))).status).toBe(200);
    expect(upstream.requests[2]?.body["previous_response_id"]).toBe(released);
    expect(read(await ask(url, { path: `/v1/responses/${id}` })).id).toBe(released);
  });

  it("is gone on from in a stream too, and where it is only filed", async () => {
    const { upstream, url } = await proxied([cut, natural, natural, natural]);
    const { id } = read(await runJsonTurn(url, jsonBody({ store: true })));
    await runTurn(url, turnBody({ store: true, previous_response_id: id }));
    await runJsonTurn(url, jsonBody({ store: true, previous_response_id: id, background: true }));
    const released = upstream.requests[1]?.responseId;
    for (const request of upstream.requests.slice(2))
      expect(request.body["previous_response_id"]).toBe(released);
  });
});

describe("a continuation that fails leaves the first round's answer", () => {
  it.each<[string, Answer, string]>([
    ["refused", { status: 429, body: { error: { code: "rate_limit" } } }, "HTTP 429"],
    ["no response", { status: 200, body: "<html>" }, "HTTP 200"],
    [
      "reset",
      { events: natural, fault: { kind: "reset", after: 5 } },
      expect.stringMatching(/^connection (reset|closed) by the upstream/) as string,
    ],
    ["a failure", round().failed(), ""],
  ])("%s", async (_, answer, failure) => {
    const { url, report } = await proxied([cut, answer]);
    const seen = await runJsonTurn(url);
    expect(read(seen)).toMatchObject({
      output: [{ type: "reasoning" }, { content: [{ text: "29" }] }],
      metadata: { proxy_stopped_reason: "continuation_failed" },
    });
    const { stop, rounds } = await report;
    expect([stop, rounds[1]?.failure ?? ""]).toEqual(["continuation_failed", failure]);
  });

  it("too long", async () => {
    const long = round().reasoning(291).message("x".repeat(20_000)).completed();
    const { url, report } = await proxied([cut, long], { fold: { maxHeldBytes: 15_000 } });
    expect(read(await runJsonTurn(url))).toMatchObject({
      metadata: { proxy_stopped_reason: "continuation_failed" },
    });
    expect((await report).rounds[1]).toMatchObject({ failure: "more than may be collected" });
  });
});

/** The texts of a round's items, in brackets. */
function itemsOf(built: readonly string[]): string {
  const items = built
    .map((text) => JSON.parse(text) as { type: string; item: object })
    .filter(({ type }) => type === "response.output_item.done")
    .map(({ item }) => JSON.stringify(item));
  return `[${items.join(",")}]`;
}

/** Without what depends on the time, and on the body's length: the upstream counts that as input. */
function comparable(response: ReadResponse): object {
  const counts = (usage: object) => ({ ...usage, input_tokens: 0, input_tokens_details: 0, total_tokens: 0 });
  const { usage, metadata } = response;
  const output = response.output.map((item) => ({ ...item, encrypted_content: "" }));
  const billed = counts(metadata["proxy_billed_usage"] as object);
  const times = { created_at: 0, completed_at: 0 };
  return {
    ...response,
    ...times,
    output,
    usage: counts(usage),
    metadata: { ...metadata, proxy_billed_usage: billed },
  };
}
