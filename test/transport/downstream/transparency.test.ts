import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { round, type DeliveryOptions } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { canonicalSse, dataOf, eventsOf, runTurn, simulated, turnBody } from "../support/turns.js";
import { bodyOf, httpUpstream } from "../support/upstreams.js";

const natural = round().reasoning(291).message("21, for the ä is in it twice. 🎲").completed();
const truncated = round().reasoning(516).message("29").completed();

describe("a turn that ended naturally", () => {
  it("reaches the client byte for byte, head included", async () => {
    const body = canonicalSse(natural);
    const head = [
      ...["Content-Type", "text/event-stream; charset=utf-8", "X-Request-ID", "req_1"],
      ...["Set-Cookie", "a=1; Path=/", "set-cookie", "b=2", "OpenAI-Model", "gpt-5.5"],
      ...["Date", "Tue, 01 Sep 2026 10:00:00 GMT", "x-codex-primary-used-percent", "12.5"],
    ];
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.sendDate = false;
      response.writeHead(200, "Fine", head).end(body);
    });
    const { url } = await startProxy(upstream.url);

    const seen = await runTurn(url);

    expect(seen.text).toBe(body);
    expect([seen.status, seen.statusText, seen.complete]).toEqual([200, "Fine", true]);
    expect(seen.rawHeaders.slice(0, head.length)).toEqual(head);
    expect(seen.rawHeaders.slice(head.length)).toEqual([
      ...["Connection", "close", "Transfer-Encoding", "chunked"],
    ]);
  });

  it("reaches the upstream byte for byte, with the headers it was sent with", async () => {
    const body = turnBody({ tools: [], seed: 1 }).replace('"seed":1', '"seed" : 9007199254740993');
    let received: { body: string; headers: readonly string[]; url: string | undefined } | undefined;
    const upstream = await httpUpstream((request, response) => {
      void bodyOf(request).then((bytes) => {
        received = { body: bytes.toString(), headers: request.rawHeaders, url: request.url };
        response.writeHead(200, { "content-type": "text/event-stream" }).end(canonicalSse(natural));
      });
    });
    const { url } = await startProxy(`${upstream.url}/backend-api/codex/`);

    await runTurn(url, body, {
      Authorization: "Bearer one",
      "X-List": ["1", "2"],
      "chatgpt-account-id": "acc",
    });

    expect(received?.body).toBe(body);
    expect(received?.url).toBe("/backend-api/codex/responses");
    const sent = received?.headers.join("\n");
    expect(sent).toContain("Authorization\nBearer one\nX-List\n1\nX-List\n2\nchatgpt-account-id\nacc");
    expect(sent).toContain(`content-type\napplication/json`);
    expect(sent).toContain(`host\n127.0.0.1:${upstream.port}`);
  });

  const odd: Readonly<Record<string, DeliveryOptions>> = {
    "cut into single bytes": { chunkBytes: 1 },
    "cut into sevens": { chunkBytes: 7 },
    "in one write": { oneWrite: true },
    "with CRLF": { framing: { lineEnd: "\r\n" } },
    "without event lines": { framing: { eventLines: false } },
    "with [DONE]": { framing: { done: true } },
  };
  for (const [how, delivery] of Object.entries(odd)) {
    it(`keeps its events when it comes ${how}`, async () => {
      const upstream = await simulated({ script: [{ events: [...natural], ...delivery }] });
      const { url } = await startProxy(upstream.url);
      const { text, complete } = await runTurn(url);
      expect(dataOf(text)).toEqual([...natural, ...(delivery.framing?.done ? ["[DONE]"] : [])]);
      expect(complete).toBe(true);
      expect(text.includes("event: ")).toBe(delivery.framing?.eventLines !== false);
    });
  }

  it("keeps comments, ids, foreign event names, several data lines and text that is no JSON", async () => {
    const body = [
      ": welcome\n\n",
      'event: strange\ndata: {"type":"response.created"}\n\n',
      'id: 7\nevent: message\ndata: {"a":\ndata: 1}\n\n',
      "data: junk that {is no JSON\n\n",
      canonicalSse(natural),
      "data: [DONE]\n\n",
    ].join("");
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
    });
    const { url } = await startProxy(upstream.url);
    expect((await runTurn(url)).text).toBe(body);
  });

  it("is unzipped for the fold, which cannot be zipped again", async () => {
    const upstream = await simulated({ script: [{ events: [...natural], gzip: true }] });
    const { url } = await startProxy(upstream.url);
    const seen = await runTurn(url);
    expect(seen.headers["content-encoding"]).toBeUndefined();
    expect(dataOf(seen.text)).toEqual([...natural]);
  });
});

describe("a truncated turn", () => {
  it("is folded into one response", async () => {
    const upstream = await simulated({ script: [truncated, natural] });
    const { url } = await startProxy(upstream.url);

    const seen = await runTurn(url);

    const events = eventsOf(seen.text);
    expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, i) => i));
    expect(seen.text).not.toContain('"29"');
    expect(seen.text).toBe(canonicalSse(dataOf(seen.text)));
    expect(events.at(-1)).toMatchObject({
      type: "response.completed",
      response: {
        id: upstream.requests[0]?.responseId,
        usage: { output_tokens_details: { reasoning_tokens: 516 + 291 } },
        metadata: {
          proxy_rounds: [
            { round: 1, reasoning_tokens: 516, n: 1 },
            { round: 2, reasoning_tokens: 291, n: null },
          ],
        },
      },
    });
    expect(upstream.requests.map(({ isContinuation }) => isContinuation)).toEqual([false, true]);
  });

  it("is only watched in mode observe", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" }).end(canonicalSse(truncated));
    });
    const { url, proxy } = await startProxy(upstream.url, { fold: { mode: "observe" } });
    expect((await runTurn(url)).text).toBe(canonicalSse(truncated));
    expect(proxy.health().counters).toMatchObject({ turns: 1, truncated: 1, folds: 0 });
  });

  it("is not even looked at in mode off", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" }).end(canonicalSse(truncated));
    });
    const { url, proxy } = await startProxy(upstream.url, { fold: { mode: "off" } });
    expect((await runTurn(url)).text).toBe(canonicalSse(truncated));
    expect(proxy.health().counters).toMatchObject({ turns: 0 });
  });

  it("of a model that is not selected goes through untouched, request and response", async () => {
    const body = turnBody({ model: "gpt-4.1", include: [] });
    const upstream = await simulated({ script: [truncated] });
    const { url } = await startProxy(upstream.url, { fold: { models: ["gpt-5*"] } });
    const { text } = await runTurn(url, body);
    expect(text).not.toContain("proxy_");
    expect(dataOf(text)).toHaveLength(truncated.length);
    expect(upstream.requests[0]?.text).toBe(body);
  });
});

const recording = "../shared/fixtures/gpt-5.5-high-truncated-516.sse";
describe.skipIf(!existsSync(recording))("the recorded round", () => {
  const sse = existsSync(recording) ? readFileSync(recording, "utf8") : "";

  it("reaches the client byte for byte where it is not continued", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" }).end(sse);
    });
    const { url } = await startProxy(upstream.url, { fold: { mode: "observe" } });
    expect((await runTurn(url)).text).toBe(sse);
  });

  it("is continued and folded", async () => {
    const upstream = await simulated({ script: [{ events: dataOf(sse) }, natural] });
    const { url, proxy } = await startProxy(upstream.url);
    const { text } = await runTurn(url);
    expect(proxy.health().counters).toMatchObject({ turns: 1, truncated: 1, folds: 1 });
    const events = eventsOf(text);
    expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, i) => i));
    expect(events.filter(({ type }) => type === "response.output_item.done")).toHaveLength(3);
  });
});
