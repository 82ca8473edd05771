import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { round } from "../../src/testing/index.js";
import { ask, rawConnection } from "./support/client.js";
import { deferred } from "./support/deferred.js";
import { startProxy, type ProxySettings } from "./support/proxy.js";
import { runTurn, simulated, turnBody, turnRequest } from "./support/turns.js";

const natural = round().reasoning(291).message("21").completed();

/** A proxy whose turns of the model "waits" begin their answers when the test says so. */
async function serving(settings: ProxySettings = {}) {
  const gate = deferred();
  const upstream = await simulated({
    script: async ({ body }) => {
      if (body.model === "waits") await gate.promise;
      return natural;
    },
  });
  const { url, proxy } = await startProxy(upstream.url, { timeouts: { drain: 60 }, ...settings });
  const ready = () => ask(url, { path: "/readyz" });
  /** A turn that is running: its answer has not begun. */
  const running = async () => {
    const agent = new Agent({ keepAlive: true });
    const turn = ask(url, { ...turnRequest(turnBody({ model: "waits" })), agent });
    await upstream.request(1);
    return turn.finally(() => agent.destroy());
  };
  return { url, proxy, gate, ready, running, upstream };
}

describe("/readyz", () => {
  test("is 200 as long as the proxy serves", async () => {
    const { url, ready } = await serving();
    const { status, headers, text } = await ready();
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({ status: 200, body: { ready: true } });
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    expect((await ask(url, { path: "/readyz", headers: { host: "evil.example" } })).status).toBe(403);
  });

  test("is 503 as soon as the proxy stops; what comes all the same is served, and the port closes then", async () => {
    const { url, proxy, gate, ready, running } = await serving();
    const turn = running();
    await ready();
    const idle = await rawConnection(url);
    idle.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await idle.until(/"ok":true/);

    const stopped = proxy.close();
    const { status, headers, text } = await ready();
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({
      status: 503,
      body: { ready: false, reason: "stopping" },
    });
    expect(headers.connection).toBe("close");
    expect((await ask(url, { path: "/healthz" })).status).toBe(200);
    const late = await runTurn(url);
    expect(late).toMatchObject({ status: 200, complete: true, headers: { connection: "close" } });

    await idle.closed();
    await expect(ask(url, { path: "/readyz" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(proxy.health().counters.open).toBe(1);
    gate.resolve();
    // Its connection is not kept either: the next turn has to go elsewhere.
    expect(await turn).toMatchObject({ status: 200, complete: true, headers: { connection: "close" } });
    await stopped;
  });

  test("asked lately, an idle proxy stops when somebody has been told", async () => {
    const { proxy, ready } = await serving();
    await ready();
    const stopped = proxy.close().then(() => "stopped");
    // Longer than what it waits once somebody knows.
    expect(await Promise.race([stopped, sleep(1300, "still there")])).toBe("still there");
    expect((await ready()).status).toBe(503);
    await stopped;
  });

  test("nobody who asked before being there any more, it stops when its time is over", async () => {
    const { proxy, ready } = await serving({ timeouts: { drain: 0.1 } });
    await ready();
    await proxy.close();
    await expect(ready()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("is not waited for by a second stop", async () => {
    const { proxy, ready } = await serving();
    await ready();
    const stopped = proxy.close();
    await proxy.close(false);
    await stopped;
  });
});

test("who has connected and not yet asked is served before the end", async () => {
  const { url, proxy } = await serving();
  const connection = await rawConnection(url);
  const stopped = proxy.close();
  connection.write("POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n[]");
  expect(await connection.closed()).toMatch(/^HTTP\/1.1 400 [^]*invalid_request_error/);
  await stopped;
});

test("an instance's name is in /healthz and in the metrics", async () => {
  const { url, proxy } = await startProxy("auto", { instance: "a-1" });
  expect(proxy.health().instance).toBe("a-1");
  const { text } = await ask(url, { path: "/metrics" });
  expect(text).toMatch(/^codexcomp_build_info\{version="[^"]+",name="a-1"\} 1$/m);
});
