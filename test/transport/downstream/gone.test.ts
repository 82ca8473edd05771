import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { firstValueFrom, take } from "rxjs";
import { describe, expect, it } from "vitest";
import { round, type Answer } from "../../../src/testing/index.js";
import { begin, open, rawConnection, type Asking } from "../support/client.js";
import { deferred } from "../support/deferred.js";
import { startProxy } from "../support/proxy.js";
import { canonicalSse, runTurn, simulated, turnBody, turnRequest } from "../support/turns.js";
import { httpUpstream } from "../support/upstreams.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).message("29").completed();
/** Says what was said so far, and no more. */
const stalling = (after: number): Answer => ({ events: [...truncated], fault: { kind: "stall", after } });

/** Awaits something that has to happen within a second. */
async function soon<T>(event: Promise<T>): Promise<T> {
  const begun = performance.now();
  const value = await event;
  expect(performance.now() - begun).toBeLessThan(1000);
  return value;
}

describe("a client that leaves", () => {
  const places: [when: string, script: Answer[], round: number][] = [
    ["before the first event", [stalling(0)], 1],
    ["among reasoning", [stalling(5)], 1],
    ["while output is held", [stalling(truncated.length - 1)], 1],
    ["before a continuation's first event", [truncated, stalling(0)], 2],
    ["among a continuation's reasoning", [truncated, stalling(5)], 2],
    ["while a continuation's output is held", [truncated, stalling(truncated.length - 1)], 2],
  ];

  it.each(places)("%s ends the upstream's request", async (_, script, number) => {
    const upstream = await simulated({ script });
    const { url, proxy } = await startProxy(upstream.url);
    const report = firstValueFrom(proxy.turns$);
    const client = begin(url, turnRequest());
    const request = await upstream.request(number);

    client.destroy();

    expect(await soon(request.settled)).toBe("aborted");
    expect(await report).toMatchObject({ outcome: "aborted", stop: "aborted" });
    expect(proxy.health().counters).toMatchObject({ open: 0, failed: 0 });
  });

  it.each([
    ["a turn", turnRequest()],
    ["what passes through", { path: "/v1/models" }],
    ["an upload", { method: "POST", path: "/v1/files", body: "whole" }],
  ] satisfies [string, Asking][])("before %s is answered ends the upstream's request", async (_, asking) => {
    const arrived = deferred<ServerResponse>();
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      arrived.resolve(response);
    });
    const { url } = await startProxy(upstream.url);
    const client = begin(url, asking);
    const answering = await arrived.promise;
    client.destroy();
    await soon(once(answering, "close"));
  });

  it("before its request is complete costs nothing", async () => {
    const upstream = await simulated({ script: [] });
    const { url, proxy } = await startProxy(upstream.url);
    const client = await rawConnection(url);
    client.write("POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n{");
    client.socket.resetAndDestroy();
    await client.closed();
    await proxy.close();
    expect(upstream.calls).toHaveLength(0);
    expect(proxy.health().counters.turns).toBe(0);
  });

  it("with two turns on their way ends both", async () => {
    const upstream = await simulated({ script: () => stalling(5) });
    const { url, proxy } = await startProxy(upstream.url);
    const reports: string[] = [];
    proxy.turns$.pipe(take(2)).subscribe(({ outcome }) => reports.push(outcome));
    const client = await rawConnection(url);
    const body = turnBody();
    const head = `POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`;
    client.write(`${head}${body}${head}${body}`);
    const [first, second] = [await upstream.request(1), await upstream.request(2)];

    client.socket.destroy();

    expect(await soon(Promise.all([first.settled, second.settled]))).toEqual(["aborted", "aborted"]);
    expect(reports).toEqual(["aborted", "aborted"]);
  });

  it.each([
    ["a download", { path: "/v1/files/1/content" }],
    ["a refusal", turnRequest()],
  ] satisfies [string, Asking][])("in the middle of %s ends it", async (_, asking) => {
    const closed = deferred();
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.on("close", () => closed.resolve());
      response.writeHead(404).write("half");
    });
    const { url } = await startProxy(upstream.url);
    const { request } = await open(url, asking);
    request.destroy();
    await soon(closed.promise);
  });

  it("in the middle of an upload ends it", async () => {
    const received = deferred();
    const cut = deferred();
    const upstream = await httpUpstream((request) => {
      request.on("data", () => received.resolve());
      request.on("error", () => cut.resolve());
    });
    const { url } = await startProxy(upstream.url);
    const body = new Readable({ read() {} });
    body.push("half");
    const client = begin(url, { method: "POST", path: "/v1/files", body });
    await received.promise;
    client.destroy();
    await soon(cut.promise);
  });
});

describe("an upstream's connection", () => {
  it("serves the next turn, also after a fold that read no further than the terminal", async () => {
    let asked = 0;
    const ends: Promise<unknown>[] = [];
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      ends.push(once(response, "close"));
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(canonicalSse(++asked % 2 === 1 ? truncated : natural));
      setTimeout(() => response.end(), 20);
    });
    const { url } = await startProxy(upstream.url);
    for (const _ of [1, 2, 3]) {
      await runTurn(url);
      await Promise.all(ends);
    }
    expect(asked).toBe(6);
    // A continuation does not wait for the end of the round before it.
    expect(upstream.connections).toHaveLength(2);
  });

  it("is cut where a response does not end behind its terminal", async () => {
    const closed = deferred();
    let asked = 0;
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(canonicalSse(truncated));
      if (++asked === 1) response.on("close", () => closed.resolve());
      else response.end();
    });
    const { url } = await startProxy(upstream.url, { fold: { maxContinue: 1 } });
    const { response } = await open(url, turnRequest());
    response.resume();
    await once(response, "end");
    await closed.promise;
  });
});
