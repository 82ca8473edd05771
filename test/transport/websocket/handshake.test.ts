import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { reply, round } from "../../../src/testing/index.js";
import { notSpoken } from "../../../src/transport/websocket/notSpoken.js";
import { keepPlain } from "../../../src/transport/websocket/handshake.js";
import { begin, rawConnection } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { simulated, turnBody } from "../support/turns.js";
import { freePort, rawUpstream } from "../support/upstreams.js";
import { connect, parsed, refused } from "./support/client.js";
import { createFrame } from "./support/frames.js";
import { rawSockets } from "./support/upstream.js";

const CODEX_HEADERS = {
  authorization: "Bearer chatgpt-token",
  "chatgpt-account-id": "account-1",
  "openai-beta": "responses_websockets=2026-02-06",
  originator: "codex_exec",
  "session-id": "0199-aa",
  "x-codex-turn-metadata": '{"request_kind":"prewarm"}',
  "x-codex-beta-features": "remote_compaction_v2",
};

/** Header lines but for those that each connection has for itself. */
function lines({ rawHeaders }: { readonly rawHeaders: readonly string[] }): string[] {
  const own = /^(host|sec-websocket-(key|accept|extensions|version)|upgrade|connection)$/i;
  return rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && !own.test(name) ? [`${name}: ${rawHeaders[i + 1]}`] : [],
  );
}

describe("an upgrade asks the upstream first", () => {
  test("the client gets the 101's headers, no more and no less", async () => {
    const upstream = await simulated({
      script: [],
      headers: {
        "x-models-etag": '"7f"',
        "openai-model": "gpt-5.5",
        "x-reasoning-included": "true",
        "x-codex-turn-state": "state-1",
        "set-cookie": ["a=1; Path=/", "b=2; Secure"],
        "X-Odd-Case": "Kept",
      },
    });
    const { url } = await startProxy(`${upstream.url}/v1`);

    const direct = await connect(`${upstream.url}/v1`);
    const proxied = await connect(url);

    expect(lines(proxied.upgrade)).toEqual(lines(direct.upgrade));
    expect(proxied.upgrade.headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2; Secure"]);
  });

  test("the upstream gets the client's headers, path and query to the letter", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/backend-api/codex`);
    const path = "/responses?client_version=0.1&x=%7e%2F|{'a'}";

    await connect(`${upstream.url}/backend-api/codex`, { path: "/responses", headers: CODEX_HEADERS });
    await connect(url, { path: "/responses", headers: CODEX_HEADERS });
    const raw = await rawConnection(url);
    raw.write(
      `GET /v1${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n",
    );
    await raw.until(/^HTTP\/1\.1 101 /);

    const [direct, proxied, odd] = upstream.calls;
    expect(lines(proxied as NonNullable<typeof proxied>)).toEqual(
      lines(direct as NonNullable<typeof direct>),
    );
    expect(odd?.url).toBe(`/backend-api/codex${path}`);
    expect(odd?.rawHeaders.filter((_, i, all) => all[i - 1]?.toLowerCase() === "x-twice")).toEqual([
      "1",
      "2",
    ]);
  });

  test.each([
    [
      401,
      { error: { message: "Your token has expired.", code: "token_expired" } },
      { "www-authenticate": "Bearer" },
    ],
    [403, "<html>blocked</html>", { "content-type": "text/html", "cf-ray": "8f" }],
    [
      429,
      { error: { type: "usage_limit_reached", resets_at: 1738888888 } },
      { "x-codex-primary-used-percent": "100" },
    ],
    [500, undefined, {}],
    [503, { error: { code: "server_is_overloaded" } }, { "retry-after": "3" }],
  ])("a refusal with %i is passed on as it is", async (status, body, headers) => {
    const refusal = reply(status, body, { ...headers, "set-cookie": ["a=1", "b=2"] });
    const upstream = await simulated({ script: [], websocket: [refusal, refusal] });
    const { url } = await startProxy(`${upstream.url}/v1`);

    const direct = await refused(`${upstream.url}/v1`);
    const proxied = await refused(url);

    expect(proxied.status).toBe(status);
    expect(proxied.response.statusMessage).toBe(direct.response.statusMessage);
    expect(proxied.body).toEqual(direct.body);
    expect(lines(proxied.response)).toEqual(lines(direct.response));
  });

  test.each([404, 405, 426, 501])(
    "where the upstream answers %i, the client is told to POST; the upstream is not asked again",
    async (status) => {
      const upstream = await simulated({ script: [], websocket: [reply(status, "<html>?</html>")] });
      const { url, proxy } = await startProxy(`${upstream.url}/v1`);
      const notices: unknown[] = [];
      proxy.reports$.subscribe((report) => notices.push(report));

      for (let i = 0; i < 3; i++) {
        const { status: seen, response, body } = await refused(url);
        expect(seen).toBe(426);
        expect(response.headers).toMatchObject({ upgrade: "HTTP/1.1", "content-type": "application/json" });
        expect(parsed(body.toString())).toEqual({
          error: {
            type: "invalid_request_error",
            code: "websocket_not_supported",
            message: expect.stringContaining(`it answered ${status}`) as string,
            param: null,
          },
        });
      }
      expect(upstream.calls).toHaveLength(1);
      expect(notices).toEqual([
        { kind: "notice", level: "info", text: expect.stringContaining("does not speak WebSocket") },
      ]);
    },
  );

  test("another refusal is nothing to remember, and nor is one of another path", async () => {
    const upstream = await simulated({
      script: [],
      websocket: ({ url }) => (url.includes("responses") ? undefined : reply(404)),
    });
    const busy = await simulated({ script: [], websocket: [reply(503)] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const atBusy = await startProxy(`${busy.url}/v1`);

    expect((await refused(url, { path: "/realtime" })).status).toBe(404);
    expect((await refused(url, { path: "/realtime" })).status).toBe(404);
    await connect(url);
    expect((await refused(atBusy.url)).status).toBe(503);
    await connect(atBusy.url);
    expect(upstream.calls).toHaveLength(3);
  });

  test("after a minute the upstream is asked again", () => {
    let now = 0;
    const upstreams = notSpoken(() => now);
    const target = { origin: "https://gateway.example", path: "/v1/responses?a=1" };

    expect(upstreams.note(target, 401)).toBe(false);
    expect(upstreams.find(target)).toBeUndefined();
    expect(upstreams.note(target, 404)).toBe(true);
    expect(upstreams.find({ ...target, path: "/v1/responses?b=2" })).toBe(404);
    expect(upstreams.find({ ...target, path: "/v2/responses" })).toBeUndefined();
    expect(upstreams.find({ ...target, origin: "https://other.example" })).toBeUndefined();
    now = 60_000;
    expect(upstreams.find(target)).toBeUndefined();
  });

  test("in mode off the refusal is passed on: nothing is done but forwarding", async () => {
    const upstream = await simulated({ script: [], websocket: false });
    const { url } = await startProxy(`${upstream.url}/v1`, { fold: { mode: "off" } });

    expect((await refused(url)).status).toBe(426);
  });

  test("an upstream that cannot be reached is a 502 that says so", async () => {
    const { url } = await startProxy(`http://127.0.0.1:${await freePort()}/v1`);

    const { status, response, body } = await refused(url);

    expect(status).toBe(502);
    expect(response.headers["content-type"]).toBe("application/json");
    expect(parsed(body.toString())).toMatchObject({
      error: { code: "upstream_connection_error", message: expect.stringContaining("refused") as string },
    });
  });

  test("an upstream that closes without an answer is a 502, one that says nothing a 504", async () => {
    const closing = await rawUpstream((socket) => socket.end());
    const silent = await rawUpstream(() => {});
    const timeouts = { firstByte: 0.05 };
    const ends = await startProxy(`${closing.url}/v1`);
    const waits = await startProxy(`${silent.url}/v1`, { timeouts });

    expect((await refused(ends.url)).status).toBe(502);
    expect((await refused(waits.url)).status).toBe(504);
  });

  test("an upstream's invalid 101 is a 502", async () => {
    const upstream = await rawUpstream((socket) =>
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n",
      ),
    );
    const { url } = await startProxy(`${upstream.url}/v1`);

    expect((await refused(url)).status).toBe(502);
  });

  test.each(["drops the connection", "ends its side"])(
    "a client that %s takes the handshake with it",
    async (how) => {
      let asked = (): void => {};
      const arrived = new Promise<void>((resolve) => (asked = resolve));
      const upstream = await rawUpstream(() => asked());
      const { url, proxy } = await startProxy(`${upstream.url}/v1`);
      const notices: unknown[] = [];
      proxy.reports$.subscribe((report) => notices.push(report));
      const client = await rawConnection(url);
      client.write(handshake(url));
      await arrived;

      if (how === "ends its side") client.socket.end();
      else client.socket.destroy();

      const [above] = upstream.connections;
      if (!above?.closed) await once(above as NonNullable<typeof above>, "close");
      expect(notices).toEqual([]);
    },
  );
});

describe("an upgrade is guarded", () => {
  test.each([
    ["a web page", { origin: "https://evil.example" }],
    ["a name that is not ours", { host: "evil.example" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
  ])("%s gets 403, and the upstream is not asked", async (_, headers) => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);

    const { status, body } = await refused(url, { headers });

    expect(status).toBe(403);
    expect(parsed(body.toString())["error"]).toMatchObject({ code: "forbidden" });
    expect(upstream.calls).toEqual([]);
  });

  test("nothing is served outside the API's path, nor with dot segments", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);

    const elsewhere = await rawConnection(url);
    elsewhere.write(handshake(url, "/v2/responses"));
    const dotted = await rawConnection(url);
    dotted.write(handshake(url, "/v1/../responses"));

    expect(await elsewhere.closed()).toMatch(/^HTTP\/1\.1 404 /);
    expect(await dotted.closed()).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.calls).toEqual([]);
  });

  test("what is no handshake is refused, and the upstream's socket is not left open", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await rawConnection(url);

    client.write(handshake(url).replace(/^Sec-WebSocket-Key:.*\r\n/m, ""));

    expect(await client.closed()).toMatch(/^HTTP\/1\.1 400 /);
    await (
      await upstream.socket(1)
    ).closed;
  });

  test.each(["Content-Length: 5", "Transfer-Encoding: chunked"])(
    "one with a body (%s) gets 400, and the upstream is not asked",
    async (line) => {
      const upstream = await simulated({ script: [] });
      const { url } = await startProxy(`${upstream.url}/v1`);
      const client = await rawConnection(url);

      client.write(handshake(url).replace(/\r\n$/, `${line}\r\n\r\nhello`));

      expect(await client.closed()).toMatch(/^HTTP\/1\.1 400 [^]*must not have a body/);
      expect(upstream.calls).toEqual([]);
    },
  );

  test("what it says of a body that is none does not go upstream; the target may be in absolute form", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await rawConnection(url);

    const target = `${new URL(url).origin}/v1/responses`;
    client.write(handshake(url, target).replace(/\r\n$/, "Content-Length: 0\r\n\r\n"));

    await client.until(/^HTTP\/1\.1 101 /);
    expect(upstream.calls[0]?.headers).not.toHaveProperty("content-length");
    expect(upstream.calls[0]?.url).toBe("/v1/responses");
  });

  test("another upgrade is ignored: the request is served as it is", async () => {
    const upstream = await simulated({ script: [round().reasoning(9).message("hi").completed()] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABk" };

    const request = begin(url, { method: "POST", path: "/v1/responses", headers, body: turnBody() });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response) body += String(chunk);

    expect(response.statusCode).toBe(200);
    expect(body).toContain('"type":"response.completed"');
    expect(upstream.calls[0]?.headers).not.toHaveProperty("upgrade");
  });
});

describe("what the two sides agree on is their own", () => {
  test("compression is offered upstream where the client offers it", async () => {
    const upstream = await simulated({
      script: [round().message("hi").completed(), round().message("hi").completed()],
    });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const frame = createFrame({ instructions: "Work with care. ".repeat(6000) });

    const packed = await connect(url, { perMessageDeflate: true });
    await packed.turn(frame);
    const plain = await connect(url, { perMessageDeflate: false });
    await plain.turn(frame);

    const [above, abovePlain] = upstream.sockets;
    expect(above?.compressed).toBe(true);
    expect(above?.bytesReceived).toBeLessThan(frame.length / 5);
    expect(abovePlain?.compressed).toBe(false);
    expect(abovePlain?.bytesReceived).toBeGreaterThan(frame.length);
  });

  test("on the same machine nothing is compressed, whatever the client offers and the upstream does", async () => {
    const upstream = await simulated({ script: [round().message("hi").completed()] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url, { perMessageDeflate: true });
    const frame = createFrame({ instructions: "Work with care. ".repeat(6000) });

    const events = await client.turn(frame);

    expect(client.socket.extensions).toBe("");
    expect(client.tcp.bytesWritten).toBeGreaterThan(frame.length);
    expect(client.tcp.bytesRead).toBeGreaterThan(events.join("").length);
    expect(upstream.sockets[0]?.compressed).toBe(true);
    expect(upstream.frames[0]?.text).toBe(frame);
  });

  test.each([
    ["127.0.0.1", false],
    ["127.9.0.1", false],
    ["::1", false],
    ["::ffff:127.0.0.1", false],
    ["192.0.2.7", true],
    ["::ffff:192.0.2.7", true],
    ["2001:db8::1", true],
    [undefined, true],
  ])("frames from %s may be compressed: %s", (remoteAddress, may) => {
    const headers = { "sec-websocket-extensions": "permessage-deflate" };
    keepPlain({ headers }, { remoteAddress });

    expect("sec-websocket-extensions" in headers).toBe(may);
  });

  test.each([
    ["the one it chose", (offered: Set<string>) => [...offered][1] ?? false, "b"],
    ["none where it chose none", () => false as const, ""],
  ])("the subprotocol is the upstream's choice: %s", async (_, handleProtocols, chosen) => {
    const upstream = await rawSockets(undefined, { handleProtocols });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await rawConnection(url);

    client.write(
      handshake(url).replace(
        "\r\n\r\n",
        "\r\nSec-WebSocket-Protocol: a, b, openai-insecure-api-key.x\r\n\r\n",
      ),
    );
    const head = await client.until(/\r\n\r\n$/);

    expect(upstream.upgrades[0]?.headers["sec-websocket-protocol"]).toBe("a, b, openai-insecure-api-key.x");
    expect(/^Sec-WebSocket-Protocol: (.*)$/im.exec(head)?.[1]?.trim() ?? "").toBe(chosen);
  });
});

function handshake(url: string, path = "/v1/responses"): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
}
