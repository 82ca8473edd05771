import { Readable } from "node:stream";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ask, type Asking, type Seen } from "../support/client.js";
import { startProxy, type ProxySettings } from "../support/proxy.js";
import { runTurn, turnBody, turnRequest } from "../support/turns.js";
import { freePort, rawUpstream } from "../support/upstreams.js";

interface Unreachable {
  readonly upstream: () => Promise<string>;
  readonly status: 502 | 504;
  readonly words: RegExp;
  readonly settings?: ProxySettings;
}

const answering = async (answer: (socket: Socket) => void): Promise<string> =>
  (await rawUpstream(answer)).url;

const withTls = async (answer: (socket: Socket) => void): Promise<string> =>
  (await rawUpstream(answer, true)).url.replace("http:", "https:");

const unreachable: Readonly<Record<string, Unreachable>> = {
  "refuses connections": {
    upstream: async () => `http://127.0.0.1:${await freePort()}`,
    status: 502,
    words: /connection refused \(ECONNREFUSED\)/,
  },
  "resets the connection": {
    upstream: () => answering((socket) => socket.resetAndDestroy()),
    status: 502,
    words: /connection reset by the upstream \(ECONNRESET\)/,
  },
  "closes the connection": {
    upstream: () => answering((socket) => socket.end()),
    status: 502,
    words: /connection closed by the upstream/,
  },
  "closes in the middle of the head": {
    upstream: () => answering((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Ty")),
    status: 502,
    words: /closed by the upstream|not valid HTTP/,
  },
  "has no address": {
    upstream: () => Promise.resolve("http://no-such-host.invalid"),
    status: 502,
    words: /DNS/,
  },
  "does not speak TLS": {
    upstream: () => withTls((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    status: 502,
    words: /TLS failed/,
  },
  "does not speak HTTP": {
    upstream: () => answering((socket) => socket.end("220 mail.example.org ESMTP\r\n")),
    status: 502,
    words: /not valid HTTP/,
  },
  "sends too large a head": {
    upstream: () =>
      answering((socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(70_000)}\r\n\r\n`)),
    status: 502,
    words: /response headers are too large/,
  },
  "never finishes connecting": {
    upstream: () => withTls(() => {}),
    status: 504,
    words: /no connection within the connect timeout/,
    settings: { timeouts: { connect: 0.2 } },
  },
  "never answers": {
    upstream: () => answering(() => {}),
    status: 504,
    words: /no answer within the first-byte timeout/,
    settings: { timeouts: { firstByte: 0.2 } },
  },
};

function expectApology(seen: Seen, { status, words }: Unreachable): void {
  expect(seen).toMatchObject({ status, complete: true });
  expect(seen.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(seen.text)).toEqual({
    error: {
      message: expect.stringMatching(words),
      type: "server_error",
      param: null,
      code: "upstream_connection_error",
    },
  });
}

describe.each(Object.entries(unreachable))("an upstream that %s", (_, broken) => {
  it("is an error in the API's shape for a turn", async () => {
    const { url, proxy } = await startProxy(await broken.upstream(), broken.settings);
    expectApology(await runTurn(url), broken);
    expect(proxy.health().counters).toMatchObject({ turns: 1, open: 0, failed: 1 });
  });

  it("is the same for what passes through, with a body on its way or without", async () => {
    const { url } = await startProxy(await broken.upstream(), broken.settings);
    const upload = { method: "POST", path: "/v1/files" };
    expectApology(await ask(url, { path: "/v1/models" }), broken);
    expectApology(await ask(url, { ...upload, body: turnBody() }), broken);
    expectApology(await ask(url, { ...upload, body: Readable.from([Buffer.alloc(3_000_000)]) }), broken);
  });
});

describe("a request that may have reached the upstream", () => {
  const asked = async (requests: readonly Asking[]): Promise<string[]> => {
    const seen: string[] = [];
    const upstream = await rawUpstream((socket, request) => {
      seen.push(request.split(" ", 2).join(" "));
      // The first answer keeps its connection, for the next request to be lost on it.
      if (seen.length === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else socket.resetAndDestroy();
    });
    const { url } = await startProxy(upstream.url);
    for (const asking of requests) await ask(url, asking);
    return seen;
  };

  it.each(["GET", "PUT", "POST"])("is not sent again: %s", async (method) => {
    const asking = { method, path: "/v1/things", ...(method !== "GET" && { body: "x" }) };
    expect(await asked([asking, asking])).toEqual([`${method} /things`, `${method} /things`]);
  });

  it("is not sent again: a turn", async () => {
    expect(await asked([{ path: "/v1/models" }, turnRequest()])).toEqual(["GET /models", "POST /responses"]);
  });
});
