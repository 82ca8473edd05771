import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { simulatedUpstream, truncatingModel } from "../../../src/testing/index.js";
import { DEFAULT_PROXY_OPTIONS } from "../../../src/transport/options.js";
import { createProxyServer } from "../../../src/transport/proxy.js";
import { rawConnection } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { rawUpstream } from "../support/upstreams.js";
import { connect } from "./support/client.js";
import { answerOf, createFrame } from "./support/frames.js";
import { rawSockets } from "./support/upstream.js";

const CUT = { cuts: [516], wrong: "WRONG", right: "RIGHT" } as const;

describe("stopping the proxy", () => {
  test("lets a running turn finish, closes the client with 1012 and leaves no upstream socket", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const model = truncatingModel({ steps: [CUT] });
    const upstream = await simulated({
      script: async (request) => {
        if (request.isContinuation) await gate;
        return model(request);
      },
    });
    const { url, proxy } = await startProxy(`${upstream.url}/v1`);
    const [idle, busy] = [await connect(url), await connect(url)];
    const turn = busy.turn(createFrame());
    await upstream.request(2);

    const stopped = proxy.close();
    go();

    expect(answerOf(await turn)).toBe("RIGHT");
    expect(await idle.closed).toEqual({ code: 1012, reason: "codexcomp is stopping" });
    expect((await busy.closed).code).toBe(1012);
    await stopped;
    for (const socket of upstream.sockets) await socket.closed;
    expect(upstream.connections.open).toBe(0);
  });

  test("ends handshakes that the upstream has not answered", async () => {
    let asked = (): void => {};
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    const upstream = await rawUpstream(() => asked());
    const { url, proxy } = await startProxy(`${upstream.url}/v1`, { timeouts: { drain: 0.1 } });
    const client = new WebSocket(`${url.replace("http", "ws")}/responses`);
    const failed = once(client, "error");
    client.on("error", () => {});
    await arrived;

    await proxy.close();

    await failed;
  });

  test("cuts who does not answer", async () => {
    const upstream = await rawSockets((socket) => (socket.close = () => {}));
    const { url, proxy } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    client.socket.pause();

    await proxy.close();

    client.socket.resume();
    await client.closed;
  });
});

test("connections leave nothing behind: no socket, no timer", async () => {
  const resources = (): string[] =>
    process
      .getActiveResourcesInfo()
      .filter((kind) => /^(TCP|Timeout|TLS)/.test(kind))
      .sort();
  const upstream = await simulatedUpstream({ script: truncatingModel({ steps: [CUT] }) });
  const proxies = (["auto", "sse"] as const).map((upstreamTransport) =>
    createProxyServer({
      ...{ ...DEFAULT_PROXY_OPTIONS, port: 0, upstreamTransport },
      upstream: `${upstream.url}/v1`,
    }),
  );
  for (const proxy of proxies) {
    const url = await proxy.listen();
    const ends: ((socket: WebSocket) => void)[] = [
      (socket) => socket.close(1000),
      (socket) => socket.terminate(),
      (socket) => socket.close(),
    ];
    for (const end of ends) {
      const idle = await connect(url);
      const done = await connect(url);
      await done.turn(createFrame());
      const busy = await connect(url);
      busy.send(createFrame());
      await busy.next();
      for (const client of [idle, done, busy]) end(client.socket);
      for (const client of [idle, done, busy]) await client.closed;
    }
    const half = await rawConnection(url);
    half.write("GET /v1/responses HTTP/1.1\r\n");
    half.socket.destroy();
    await proxy.close();
    expect(proxy.health().counters.open).toBe(0);
  }
  await upstream.close();

  for (let i = 0; i < 100 && resources().length > 0; i++) await sleep(50);
  expect(resources()).toEqual([]);
});

test("many connections at once, each with a fold, and one that misbehaves", async () => {
  const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }) });
  const { url, proxy } = await startProxy(`${upstream.url}/v1`);
  const clients = await Promise.all(Array.from({ length: 30 }, () => connect(url)));
  const turns = clients.map((client, i) => client.turn(createFrame({ prompt_cache_key: `thread ${i}` })));

  const rude = await rawConnection(url);
  rude.write(
    `GET /v1/responses HTTP/1.1\r\nHost: ${new URL(url).host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await rude.until(/^HTTP\/1\.1 101 /);
  rude.write("\xff\xff\xff\xff no frame at all");
  await rude.closed();

  for (const turn of turns) expect(answerOf(await turn)).toBe("RIGHT");
  expect(proxy.health().counters).toMatchObject({ turns: 30, folds: 30, open: 0 });
});
