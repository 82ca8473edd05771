import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { apiError, reply, round, type Fault, type Script } from "../../../src/testing/index.js";
import { startProxy, type ProxySettings } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { freePort, httpUpstream, rawUpstream } from "../support/upstreams.js";
import { connect, parsed } from "./support/client.js";
import { answerOf, createFrame, idOf, responseOfLast } from "./support/frames.js";

async function over(upstream: string, settings: ProxySettings = {}) {
  const { url } = await startProxy(`${upstream}/v1`, { upstreamTransport: "sse", ...settings });
  return connect(url);
}

async function scripted(script: Script) {
  return over((await simulated({ script })).url);
}

describe("a refused POST is a wrapped error frame", () => {
  test.each([
    [403, { type: "invalid_request_error", code: "forbidden" }, { "cf-ray": "8f" }],
    [
      429,
      { type: "usage_limit_reached", plan_type: "plus", resets_at: 1738888888 },
      { "x-codex-primary-used-percent": "100.0", "x-codex-primary-reset-at": "1738888888" },
    ],
    [500, { type: "server_error" }, { "x-request-id": "r" }],
    [503, { type: "server_error", code: "server_is_overloaded" }, { "retry-after": "3" }],
  ])("%i: status, error and headers are the upstream's", async (status, error, headers) => {
    const client = await scripted([apiError(status, error, headers), round().message("hi").completed()]);

    const [text = "", ...others] = await client.turn(createFrame());

    expect(parsed(text)).toMatchObject({ type: "error", status, error, headers });
    expect(others).toEqual([]);
    // The connection goes on, as it would; but for a login that is refused, which has to be tried anew.
    if (status === 401) expect((await client.closed).code).toBe(1008);
    else expect(answerOf(await client.turn(createFrame()))).toBe("hi");
  });

  test("the error is passed on to the letter", async () => {
    const error = '{ "message":"gr\\u00fc\\u00dfe", "resets_at": 12345678901234567890, "x":1.0 }';
    const client = await scripted([
      reply(429, `{"error":${error}, "detail":null}`, { "content-type": "application/json" }),
    ]);

    const [text = ""] = await client.turn(createFrame());

    expect(text).toMatch(/^\{"type":"error","status":429,"error":/);
    expect(text).toContain(`"error":${error},`);
  });

  test("one header several times is one value; what speaks of the body alone is left out", async () => {
    const client = await scripted([
      apiError(500, {}, { "x-codex-a": ["1", "2"], "set-cookie": ["secret=1"] }),
    ]);

    const { headers } = parsed((await client.turn(createFrame()))[0] ?? "") as {
      headers: Record<string, string>;
    };

    expect(headers["x-codex-a"]).toBe("1, 2");
    expect(
      Object.keys(headers).filter((name) =>
        /^(set-cookie|content-length|content-encoding|transfer)/.test(name),
      ),
    ).toEqual([]);
  });

  test.each([
    ["in another shape", { detail: "Unsupported parameter: x" }, { detail: "Unsupported parameter: x" }],
    ["that names an error in a word", { error: "unauthorized" }, { error: "unauthorized" }],
    ["of text", "upstream connect error", { message: "upstream connect error" }],
    ["that is empty", undefined, { message: "" }],
  ])("a body %s is inside all the same", async (_, body, error) => {
    const client = await scripted([reply(400, body)]);

    expect(parsed((await client.turn(createFrame()))[0] ?? "")).toMatchObject({ status: 400, error });
  });

  test("a compressed body is read", async () => {
    const body = gzipSync('{"error":{"type":"usage_limit_reached"}}');
    const client = await scripted([
      reply(429, body, { "content-type": "application/json", "content-encoding": "gzip" }),
    ]);

    expect(parsed((await client.turn(createFrame()))[0] ?? "")["error"]).toEqual({
      type: "usage_limit_reached",
    });
  });

  test("a body that breaks off says what it said", async () => {
    const { url } = await httpUpstream((_, response) => {
      response.writeHead(503, { "content-type": "text/plain", "content-length": 100 });
      response.write("half of it", () => response.destroy());
    });
    const client = await over(url);

    expect(parsed((await client.turn(createFrame()))[0] ?? "")).toMatchObject({
      status: 503,
      error: { message: "half of it" },
    });
  });

  test("a success that is no event stream is a 502: no client would take a 200 for an error", async () => {
    const client = await scripted([reply(200, { id: "resp_1", output: [] })]);

    expect(parsed((await client.turn(createFrame()))[0] ?? "")).toMatchObject({ type: "error", status: 502 });
  });

  test("a refused continuation is not shown: the held answer is", async () => {
    const client = await scripted([round().reasoning(516).message("HELD").completed(), apiError(429, {})]);

    const texts = await client.turn(createFrame());

    expect(answerOf(texts)).toBe("HELD");
    expect(responseOfLast(texts)["metadata"]).toMatchObject({ proxy_stopped_reason: "continuation_failed" });
  });
});

describe("an upstream that does not answer", () => {
  test("cannot be reached: 502, and the next turn may be luckier", async () => {
    const client = await over(`http://127.0.0.1:${await freePort()}`);

    for (let turn = 0; turn < 2; turn++) {
      expect(parsed((await client.turn(createFrame()))[0] ?? "")).toMatchObject({
        type: "error",
        status: 502,
        error: { type: "server_error", code: "upstream_connection_error" },
        headers: {},
      });
    }
  });

  test("says nothing: 504", async () => {
    const { url } = await rawUpstream(() => {});
    const client = await over(url, { timeouts: { firstByte: 0.1 } });

    expect(parsed((await client.turn(createFrame()))[0] ?? "")).toMatchObject({ status: 504 });
  });
});

describe("an upstream that dies in a turn", () => {
  const events = [...round().reasoning(516).message("WRONG").completed()];
  const deaths: [string, Fault["kind"]][] = [
    ["is reset", "reset"],
    ["ends without a terminal", "close"],
  ];

  test.each(deaths)("%s: the client loses the connection after what came before", async (_, kind) => {
    const after = events.length - 2;
    const client = await scripted([{ events, fault: { kind, after } as Fault }]);
    client.send(createFrame());

    expect(await client.closed).toEqual({ code: 1006, reason: "" });
    expect(client.received).toEqual(events.slice(0, after));
  });

  test.each(deaths)(
    "in a continuation (it %s): the held answer is released, and the connection goes on",
    async (_, kind) => {
      const client = await scripted([
        round().reasoning(516).message("HELD").completed(),
        { events: round().reasoning(300).message("never").completed(), fault: { kind, after: 8 } as Fault },
        round().reasoning(100).message("NEXT").completed(),
      ]);

      const first = await client.turn(createFrame());
      expect(answerOf(first)).toBe("HELD");
      const second = await client.turn(createFrame({ previous_response_id: idOf(first), input: [] }));
      expect(answerOf(second)).toBe("NEXT");
    },
  );

  test("one of several lanes: an error frame for it, for the others must not die with it", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const client = await scripted(({ body }) =>
      body["prompt_cache_key"] === "dies"
        ? { events, fault: { kind: "reset", after: 5 } }
        : {
            events: round().reasoning(100).message("ALIVE").completed(),
            before: ({ index }) => (index === 3 ? gate : undefined),
          },
    );

    client.send(createFrame({ stream_id: "a" }));
    await client.until("response.in_progress");
    client.send(createFrame({ stream_id: "b", prompt_cache_key: "dies" }));
    const [failure = ""] = (await client.until("error")).slice(-1);
    go();

    expect(parsed(failure)).toMatchObject({
      status: 502,
      stream_id: "b",
      error: { code: "upstream_connection_error" },
    });
    expect(answerOf(await client.until("response.completed"))).toBe("ALIVE");
  });

  test("goes silent: as a connection that was lost", async () => {
    const upstream = await simulated({ script: [{ events, fault: { kind: "stall", after: 5 } }] });
    const client = await over(upstream.url, { timeouts: { idle: 0.3 } });
    client.send(createFrame());

    expect((await client.closed).code).toBe(1006);
    expect(client.received).toEqual(events.slice(0, 5));
  });
});

test("failures that the upstream tells itself pass as they are", async () => {
  const failed = [...round().reasoning(100).failed({ code: "context_length_exceeded" })];
  const error = [...round().errorEvent({ code: "server_error" })];
  const client = await scripted([failed, error]);

  expect(await client.turn(createFrame()).then((texts) => texts)).toEqual(
    failed.slice(0, failed.findIndex((text) => text.includes('"response.failed"')) + 1),
  );
  expect(await client.turn(createFrame())).toEqual(error);
});
