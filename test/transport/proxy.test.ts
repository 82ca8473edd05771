import { once } from "node:events";
import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import { packageVersion } from "../../src/version.js";
import { round } from "../../src/testing/index.js";
import { ask, begin, open, rawConnection } from "./support/client.js";
import { deferred } from "./support/deferred.js";
import { startProxy } from "./support/proxy.js";
import { canonicalSse, runTurn, simulated, turnBody, turnRequest } from "./support/turns.js";
import { httpUpstream } from "./support/upstreams.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).message("29").completed();
const short = round().reasoning(10).message("4").completed();

describe("GET /healthz", () => {
  it("says what runs, where to, and what it has done", async () => {
    const upstream = await simulated({
      script: [natural, truncated, natural, { status: 429 }, short],
    });
    const { url, proxy } = await startProxy(`${upstream.url}/v1`);
    for (const _ of [1, 2, 3, 4]) await runTurn(url);

    const seen = await ask(url, { path: "/healthz?now" });

    expect(seen).toMatchObject({
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
    expect(JSON.parse(seen.text)).toEqual({
      ok: true,
      version: packageVersion,
      upstream: `${upstream.url}/v1`,
      uptime: expect.any(Number),
      counters: {
        turns: 4,
        folds: 1,
        truncated: 1,
        observed: 0,
        open: 0,
        failed: 1,
        live: 1,
        held: 3,
        missed: 0,
      },
      foldedModels: ["gpt-5.5*", "gpt-5.4*"],
      models: { "gpt-5.5": { limit: 2000, live: 1, held: 3, missed: 0 } },
    });
    expect(proxy.health().counters.turns).toBe(4);
  });

  it("tells of rounds that went live and were cut: the model's next round of that size is held", async () => {
    const missed = round().reasoning({ tokens: 516, bytes: 1001 }).message("29").completed();
    const sameSize = round().reasoning({ tokens: 70, bytes: 1001 }).message("21").completed();
    const upstream = await simulated({ script: [missed, sameSize, sameSize] });
    const { url, proxy } = await startProxy(upstream.url);
    const notices: unknown[] = [];
    proxy.reports$.subscribe((report) => report.kind === "notice" && notices.push(report));

    await runTurn(url);
    await runTurn(url);

    expect(proxy.health().counters).toMatchObject({ live: 1, held: 2, missed: 1 });
    expect(proxy.health().models).toEqual({ "gpt-5.5": { limit: 1001, live: 1, held: 2, missed: 1 } });
    expect(notices).toEqual([
      { kind: "notice", level: "warn", text: expect.stringMatching(/gpt-5\.5: .* live at 1001 bytes/) },
    ]);
  });

  it("counts what is open", async () => {
    const upstream = await simulated({ script: [{ events: natural, fault: { kind: "stall", after: 3 } }] });
    const { url, proxy } = await startProxy(upstream.url);
    const { request } = await open(url, turnRequest());
    expect(JSON.parse((await ask(url, { path: "/healthz" })).text)).toMatchObject({
      counters: { turns: 1, open: 1 },
    });
    request.destroy();
    await upstream.requests[0]?.settled;
    expect(proxy.health().counters).toMatchObject({ open: 0 });
  });

  it("asks the upstream nothing and shows none of its credentials", async () => {
    const { url } = await startProxy("http://user:word@127.0.0.1:9/v1?key=k");
    const { text } = await ask(url, { path: "/healthz" });
    expect(JSON.parse(text)).toMatchObject({ upstream: "http://127.0.0.1:9/v1" });
  });
});

describe("a client's connection", () => {
  it("is kept for its next requests, whatever the last one came to", async () => {
    const upstream = await simulated({ script: [natural, { status: 401 }, truncated, natural] });
    const { url } = await startProxy(upstream.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    const asked = [
      turnRequest(),
      turnRequest(),
      turnRequest("{"),
      turnRequest(),
      { path: "/v1/models" },
      { path: "/x" },
    ];
    for (const asking of asked) {
      const request = begin(url, { ...asking, agent });
      const [response] = (await once(request, "response")) as [NodeJS.ReadableStream];
      ports.add(request.socket?.localPort);
      response.resume();
      await once(response, "end");
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  it("may bring the next request before the last is answered", async () => {
    const gate = deferred();
    const upstream = await simulated({
      script: ({ number }) => ({
        events: number === 1 ? truncated : natural,
        ...(number === 1 && { before: () => gate.promise }),
      }),
    });
    const { url } = await startProxy(upstream.url, { fold: { mode: "observe" } });
    const client = await rawConnection(url);
    const body = turnBody();
    const post = (connection: string): string =>
      `POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: ${connection}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    client.write(post("keep-alive") + post("close"));
    await upstream.request(2).then(({ settled }) => settled);
    expect(client.received).toBe("");
    gate.resolve();
    const all = await client.closed();
    expect(all.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    expect(all.indexOf('"29"')).toBeGreaterThan(0);
    expect(all.indexOf('"29"')).toBeLessThan(all.indexOf('"21"'));
  });

  it("may speak HTTP/1.0", async () => {
    const upstream = await simulated({ script: [natural] });
    const { url } = await startProxy(upstream.url);
    const client = await rawConnection(url);
    const body = turnBody();
    client.write(
      `POST /v1/responses HTTP/1.0\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const [head = "", answer] = (await client.closed()).split("\r\n\r\n");
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(answer).toContain("response.completed");
  });

  it("that brings something else than HTTP is closed", async () => {
    const { url } = await startProxy("http://127.0.0.1:9");
    const client = await rawConnection(url);
    client.write("\x16\x03\x01 hello?\r\n\r\n");
    expect(await client.closed()).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe("a limit on", () => {
  it("headers answers 431", async () => {
    const { url } = await startProxy("http://127.0.0.1:9", { limits: { headerBytes: 4096 } });
    const client = await rawConnection(url);
    client.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Big: ${"x".repeat(5000)}\r\n\r\n`);
    expect(await client.closed()).toMatch(/^HTTP\/1.1 431 /);
    expect((await ask(url, { path: "/healthz", headers: { "x-big": "x".repeat(3000) } })).status).toBe(200);
  });

  it("connections refuses those above it, until others have gone", async () => {
    const { url } = await startProxy("http://127.0.0.1:9", { limits: { connections: 2 } });
    const [first] = [await rawConnection(url), await rawConnection(url)];
    const third = await rawConnection(url);
    expect(await third.closed()).toBe("");
    first.socket.destroy();
    await first.closed();
    const again = await rawConnection(url);
    again.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    expect(await again.closed()).toMatch(/^HTTP\/1.1 200 /);
  });

  it("the silence of a new client closes its connection", async () => {
    const { url } = await startProxy("http://127.0.0.1:9", { timeouts: { clientHead: 0.2 } });
    const silent = await rawConnection(url);
    expect(await silent.closed()).toMatch(/^HTTP\/1.1 408 |^$/);
  });

  it("the time for a head closes on a client that sends it bit by bit", async () => {
    const { url } = await startProxy("http://127.0.0.1:9", { timeouts: { clientHead: 0.3 } });
    const slow = await rawConnection(url);
    const drip = setInterval(() => slow.write("x"), 50);
    slow.write("GET /healthz HTTP/1.1\r\nX-Slow: ");
    expect(await slow.closed()).toMatch(/^HTTP\/1.1 408 /);
    clearInterval(drip);
  });

  it("the time for a request closes on a client that sends its body bit by bit", async () => {
    const timeouts = { clientHead: 0.2, clientRequest: 0.4 };
    const { url, proxy } = await startProxy("http://127.0.0.1:9", { timeouts });
    const slow = await rawConnection(url);
    const drip = setInterval(() => slow.write(" "), 50);
    slow.write("POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n");
    expect(await slow.closed()).toMatch(/^HTTP\/1.1 408 |^$/);
    clearInterval(drip);
    expect(proxy.health().counters.turns).toBe(0);
  });

  it("a client's time is none on the turn's", async () => {
    const timeouts = { clientHead: 0.1, clientRequest: 0.2 };
    const upstream = await simulated({ script: [{ events: natural, firstDelayMs: 700 }] });
    const { url } = await startProxy(upstream.url, { timeouts });
    expect(await runTurn(url)).toMatchObject({ complete: true, status: 200 });
  });
});

describe("a proxy that is told to stop", () => {
  /** A turn that goes on when the test says so. */
  const running = async (drain: number) => {
    const gate = deferred();
    const upstream = await simulated({
      script: () => ({ events: natural, before: ({ index }) => (index === 4 ? gate.promise : undefined) }),
    });
    const { url, proxy } = await startProxy(upstream.url, { timeouts: { drain } });
    const agent = new Agent({ keepAlive: true });
    const { response } = await open(url, { ...turnRequest(), agent });
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    response.on("error", () => {});
    const over = new Promise<string>((resolve) => response.on("close", () => resolve(text)));
    return { url, proxy, gate, over, response };
  };

  it("takes nobody new, and waits for who is there", async () => {
    const { url, proxy, gate, over, response } = await running(60);
    const get = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    const [idle, busy] = [await rawConnection(url), await rawConnection(url)];
    idle.write(`${get}\r\n`);
    await idle.until(/200 OK.*"ok":true/s);
    busy.write("POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{");
    const stopped = proxy.close();
    await idle.closed();
    busy.write("]");
    expect(await busy.closed()).toMatch(/^HTTP\/1.1 400 /);
    await expect(ask(url, { path: "/healthz" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    gate.resolve();
    expect(await over).toBe(canonicalSse(eventTexts(await over)));
    expect(response.complete).toBe(true);
    await stopped;
  });

  it("waits for what passes through, too", async () => {
    const gate = deferred();
    const upstream = await httpUpstream((_, response) => {
      response.write("first");
      void gate.promise.then(() => response.end("last"));
    });
    const { url, proxy } = await startProxy(upstream.url, { timeouts: { drain: 60 } });
    const { response } = await open(url, { path: "/v1/files/1/content" });
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const stopped = proxy.close();
    gate.resolve();
    await once(response, "end");
    expect(text).toBe("firstlast");
    await stopped;
  });

  it("cuts who is not done in time", async () => {
    const { proxy, over, response } = await running(0.1);
    await proxy.close();
    await over;
    expect(response.complete).toBe(false);
    expect(proxy.health().counters).toMatchObject({ open: 0 });
  });

  it("cuts at once when it is told a second time", async () => {
    const { proxy, over, response } = await running(60);
    const stopped = proxy.close();
    await proxy.close(false);
    await over;
    expect(response.complete).toBe(false);
    await stopped;
  });

  it("may be told before it has begun, and again when it is over", async () => {
    const { proxy } = await startProxy("auto");
    await proxy.close();
    await proxy.close();
    await proxy.close(false);
  });
});

function eventTexts(sse: string): string[] {
  return sse
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice(6));
}
