import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { round } from "../../../src/testing/index.js";
import { ask, rawConnection } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { runTurn, simulated, turnBody, turnRequest } from "../support/turns.js";
import { connect } from "../websocket/support/client.js";
import { zstdFrame } from "../support/zstd.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).message("29").completed();

const encodings: [name: string, encode: (body: string) => Uint8Array][] = [
  ["zstd", (body) => zstdFrame(Buffer.from(body))],
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
];

describe("an encoded request body", () => {
  it.each(encodings)("in %s goes up as it came, and its continuation plain", async (name, encode) => {
    const bytes = encode(turnBody());
    const upstream = await simulated({ script: [truncated, natural] });
    const { url } = await startProxy(upstream.url);

    const seen = await runTurn(url, bytes, { "content-encoding": name });

    expect(seen.text).toContain("proxy_rounds");
    const [first, second] = upstream.calls;
    expect(first?.headers).toMatchObject({
      "content-encoding": name,
      "content-length": String(bytes.length),
    });
    expect(first?.body.equals(bytes)).toBe(true);
    expect(second?.headers).toMatchObject({ "content-length": String(second?.body.length) });
    expect(second?.headers["content-encoding"]).toBeUndefined();
  });

  it("that has to be changed goes up plain, with its own length", async () => {
    const bytes = gzipSync(turnBody({ include: undefined }));
    const upstream = await simulated({ script: [natural] });
    const { url } = await startProxy(upstream.url);

    await runTurn(url, bytes, { "content-encoding": "gzip", "content-length": String(bytes.length) });

    const [call] = upstream.calls;
    expect(call?.headers["content-encoding"]).toBeUndefined();
    expect(call?.headers["content-length"]).toBe(String(call?.body.length));
    const added = `${turnBody({ include: undefined }).slice(0, -1)},"include":["reasoning.encrypted_content"]}`;
    expect(call?.body.toString()).toBe(added);
  });
});

describe("a request body of brackets in brackets, deeper than functions can call themselves", () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  const body = (fields = {}): string => turnBody(fields).replace(/}$/, `,"deep":${deep}}`);

  it("goes up as it came, and is continued like any other", async () => {
    const upstream = await simulated({ script: [truncated, natural] });
    const { url } = await startProxy(upstream.url);

    const { text } = await runTurn(url, body());

    expect(text).toContain('"proxy_rounds"');
    expect(upstream.calls.map((call) => call.body.includes(deep))).toEqual([true, true]);
    expect(upstream.calls[0]?.body.toString()).toBe(body());
  });

  it("goes up with what is added to it", async () => {
    const upstream = await simulated({ script: [natural] });
    const { url } = await startProxy(upstream.url);

    const { status } = await runTurn(url, body({ include: [] }));

    expect(status).toBe(200);
    expect(upstream.calls[0]?.body.toString()).toBe(body());
  });

  it.each(["auto", "sse"] as const)(
    "is a turn over WebSocket too (upstream %s)",
    async (upstreamTransport) => {
      const upstream = await simulated({ script: [truncated, natural] });
      const { url } = await startProxy(upstream.url, { upstreamTransport });
      const client = await connect(url);

      const events = await client.turn(body().replace("{", '{"type":"response.create",'));

      expect(events.at(-1)).toContain('"proxy_rounds"');
    },
  );
});

describe("a request body that cannot be read", () => {
  const refused = async (body: Uint8Array | string, headers: Record<string, string> = {}) => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(upstream.url);
    const seen = await runTurn(url, body, headers);
    expect(upstream.calls).toHaveLength(0);
    expect(seen.headers["content-type"]).toBe("application/json");
    const { error } = JSON.parse(seen.text) as { error: Record<string, unknown> };
    expect(error).toEqual({
      message: expect.any(String),
      type: "invalid_request_error",
      param: null,
      code: null,
    });
    return `${seen.status} ${String(error["message"])}`;
  };

  it.each([
    ["{", /^400 .*not valid JSON/],
    ['{"input":"secret words",}', /^400 .*not valid JSON: syntax error at position 24/],
    ["", /^400 .*not valid JSON/],
    ["secret words", /^400 .*not valid JSON/],
  ])("because it is %j is refused without being quoted", async (body, message) => {
    const answer = await refused(body);
    expect(answer).toMatch(message);
    expect(answer).not.toContain("secret");
  });

  it("because of an unknown encoding is refused", async () => {
    expect(await refused("{}", { "content-encoding": "compress" })).toMatch(/^400 .*"compress"/);
  });

  it.each(encodings)("because it is corrupt %s is refused", async (name, encode) => {
    const bytes = encode(turnBody());
    const cut = bytes.subarray(0, bytes.length - 9);
    expect(await refused(cut, { "content-encoding": name })).toMatch(/^400 The request body is not valid/);
  });
});

describe("a request body that is too large", () => {
  const limits = { bodyBytes: 100_000 };
  const tooLarge = { status: 413, complete: true };

  it("is refused, also to a client that sends it all before it reads", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(upstream.url, { limits });
    const body = turnBody({ input: "x".repeat(5_000_000) });
    expect(await runTurn(url, body)).toMatchObject(tooLarge);
    expect(await ask(url, turnRequest(body, { "transfer-encoding": "chunked" }))).toMatchObject(tooLarge);
    expect(upstream.calls).toHaveLength(0);
  });

  it("is refused while the client is still sending", async () => {
    const { url } = await startProxy("http://127.0.0.1:9", { limits });
    const endless = Readable.from(chunksWithoutEnd());
    const asking = { ...turnRequest(), body: endless };
    expect(await ask(url, asking)).toMatchObject({ status: 413 });
    endless.destroy();
  });

  it("is no end of the connection", async () => {
    const { url } = await startProxy("http://127.0.0.1:9", { limits });
    const client = await rawConnection(url);
    const [head, length] = ["POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\n", 3_000_000];
    client.write(`${head}Content-Length: ${length}\r\n\r\n${" ".repeat(length)}`);
    await client.until(/HTTP\/1.1 413 /);
    client.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await client.until(/HTTP\/1.1 200 OK/);
  });

  it.each(encodings)("once %s is undone is refused", async (name, encode) => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(upstream.url, { limits: { bodyBytes: 1_000_000 } });
    const bytes = encode(turnBody({ input: "x".repeat(900_000) }));
    const bomb = encode(turnBody({ input: "x".repeat(4_000_000) }));
    expect(bytes.length).toBeLessThan(1_000_000);
    if (bomb.length < 1_000_000) {
      expect(await runTurn(url, bomb, { "content-encoding": name })).toMatchObject(tooLarge);
      expect(upstream.calls).toHaveLength(0);
    }
    expect(await runTurn(url, bytes, { "content-encoding": name })).toMatchObject({ status: 500 });
    expect(upstream.calls).toHaveLength(1);
  });
});

describe("a request that is never folded", () => {
  it.each([
    ['[{"stream":true}]', "a list"],
    ['"stream"', "a string"],
    ["null", "null"],
    ['{"model":"o9","stream":false,"big":9007199254740993}', "not streamed"],
    ['{"model":"o9","stream":"true"}', "streamed by a string"],
    ['{"model":"o9"}', "silent about streaming"],
  ])("%s (%s) passes through with its bytes, encoding and answer", async (body) => {
    const upstream = await simulated({ script: () => ({ status: 418, body: "short and stout" }) });
    const { url } = await startProxy(upstream.url);
    const bytes = gzipSync(body);

    const seen = await runTurn(url, bytes, { "content-encoding": "gzip", "x-mine": "1" });

    expect(seen.text).toContain(body.startsWith("{") ? "short" : "");
    const [call] = upstream.calls;
    expect(call?.body.equals(bytes)).toBe(true);
    expect(call?.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-length": String(bytes.length),
      "x-mine": "1",
    });
  });
});

describe("a client that asks first", () => {
  it("gets its 100 Continue, and the upstream is not asked again", async () => {
    const upstream = await simulated({ script: [natural] });
    const { url } = await startProxy(upstream.url);
    const client = await rawConnection(url);
    const body = turnBody();
    client.write(
      `POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
    );
    await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
    expect(upstream.calls).toHaveLength(0);
    client.write(body);
    expect(await client.closed()).toContain("response.completed");
    expect(upstream.calls[0]?.headers["expect"]).toBeUndefined();
  });
});

function* chunksWithoutEnd(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024, " ");
}
