import { describe, expect, it } from "vitest";
import { round, type UpstreamRequest } from "../../../src/testing/index.js";
import { ask } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { eventsOf, runTurn, simulated, turnBody } from "../support/turns.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).message("29").completed();
const state = "x-codex-turn-state";

describe("the headers of a continuation", () => {
  const headersOf = async (client: Record<string, string>, upstreams: (string | undefined)[]) => {
    const upstream = await simulated({
      script: ({ number }) => {
        const given = upstreams[number - 1];
        return { events: number < 3 ? truncated : natural, ...(given && { headers: { [state]: given } }) };
      },
    });
    const { url } = await startProxy(upstream.url);
    const seen = await runTurn(url, turnBody(), client);
    return { seen, sent: upstream.requests.map(({ headers }) => headers) };
  };

  it("bring the turn state that round 1 was answered with", async () => {
    const { seen, sent } = await headersOf({}, ["first", "second", "third"]);
    expect(sent.map((headers) => headers[state])).toEqual([undefined, "first", "first"]);
    expect(seen.headers[state]).toBe("first");
  });

  it("bring none where round 1 gave none", async () => {
    const { seen, sent } = await headersOf({}, [undefined, "second"]);
    expect(sent.map((headers) => headers[state])).toEqual([undefined, undefined, undefined]);
    expect(seen.headers[state]).toBeUndefined();
  });

  it("keep the turn state that the client pinned", async () => {
    const { sent } = await headersOf({ [state]: "pinned" }, ["first", "second"]);
    expect(sent.map((headers) => headers[state])).toEqual(["pinned", "pinned", "pinned"]);
  });

  it("are the client's own otherwise, but for what is said once only", async () => {
    const { sent } = await headersOf(
      {
        Authorization: "Bearer one",
        "chatgpt-account-id": "acc",
        "session-id": "s",
        "Idempotency-Key": "k",
        Accept: "text/event-stream",
        Connection: "X-Hop, close",
        "X-Hop": "1",
      },
      [],
    );
    const own = {
      authorization: "Bearer one",
      "chatgpt-account-id": "acc",
      "session-id": "s",
      accept: "text/event-stream",
    };
    for (const headers of sent) {
      expect(headers).toMatchObject({ ...own, "content-type": "application/json" });
      expect(headers["x-hop"]).toBeUndefined();
    }
    expect(sent.map((headers) => headers["idempotency-key"])).toEqual(["k", undefined, undefined]);
  });
});

describe("a stored response that was folded", () => {
  const conversation = async () => {
    const bodies: UpstreamRequest[] = [];
    const upstream = await simulated({
      backend: "api",
      script: (request) => {
        bodies.push(request);
        return request.number === 1 ? truncated : natural;
      },
    });
    const { url } = await startProxy(upstream.url);
    const seen = await runTurn(url, turnBody({ store: true }));
    const id = (eventsOf(seen.text).at(-1)?.["response"] as { id: string }).id;
    const [first, released] = upstream.requests.map(({ responseId }) => responseId);
    expect(id).toBe(first);
    return { upstream, url, id, released: String(released) };
  };

  it("is gone on from where the upstream stands", async () => {
    const { upstream, url, id, released } = await conversation();
    const body = turnBody({ store: true, previous_response_id: id });
    expect((await runTurn(url, body)).status).toBe(200);
    expect(upstream.requests[2]?.text).toBe(body.replace(id, released));
    expect(upstream.requests[2]?.history.length).toBeGreaterThan(2);
  });

  it("is gone on from in a request that is not streamed, encoded or not", async () => {
    const { upstream, url, id, released } = await conversation();
    const body = turnBody({ store: true, stream: false, previous_response_id: id });
    const { gzipSync } = await import("node:zlib");
    expect((await runTurn(url, body)).status).toBe(200);
    expect((await runTurn(url, gzipSync(body), { "content-encoding": "gzip" })).status).toBe(200);
    for (const request of upstream.requests.slice(2)) {
      expect(request.text).toBe(body.replace(id, released));
      expect(request.headers["content-encoding"]).toBeUndefined();
    }
    expect(upstream.requests).toHaveLength(4);
  });

  it.each([
    ["GET", ""],
    ["DELETE", ""],
    ["GET", "?include=a&x=resp"],
    ["POST", "/cancel"],
    ["GET", "/input_items?limit=2"],
  ])("is reached by its id: %s {id}%s", async (method, rest) => {
    const { upstream, url, id, released } = await conversation();
    const before = upstream.calls.length;
    await ask(url, { method, path: `/v1/responses/${id}${rest}` });
    expect(upstream.calls[before]).toMatchObject({ method, url: `/responses/${released}${rest}` });
  });

  it("leaves other ids alone", async () => {
    const { upstream, url, id } = await conversation();
    const before = upstream.calls.length;
    await ask(url, { path: `/v1/responses/${id}x` });
    await ask(url, { path: `/v1/other/${id}` });
    const paths = upstream.calls.slice(before).map(({ url }) => url);
    expect(paths).toEqual([`/responses/${id}x`, `/other/${id}`]);
  });
});
