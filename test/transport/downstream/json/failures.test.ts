import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { firstValueFrom, map, take } from "rxjs";
import { describe, expect, it } from "vitest";
import type { CustomOperator } from "../../../../src/operators/customOperators.js";
import { withOutputText } from "../../../../src/protocol/outputText.js";
import { round, type Answer } from "../../../../src/testing/index.js";
import { begin, open } from "../../support/client.js";
import { deferred } from "../../support/deferred.js";
import { jsonBody, read, responseOf, runJsonTurn } from "../../support/json.js";
import { startProxy } from "../../support/proxy.js";
import { simulated, turnRequest } from "../../support/turns.js";
import { httpUpstream, rawUpstream } from "../../support/upstreams.js";

const items = { output: "items" } as const;
const natural = round().reasoning(291).message("21").completed(items);
const cut = round().reasoning(516).message("29").completed(items);

describe("an upstream that is lost", () => {
  it("in the middle of its answer dies for the client as it did, after all that came before", async () => {
    const half = responseOf(cut).slice(0, 1000);
    const upstream = await rawUpstream((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n${half}`),
    );
    const { url, proxy } = await startProxy(upstream.url);
    const report = firstValueFrom(proxy.turns$);
    const seen = await runJsonTurn(url);
    expect(seen).toMatchObject({ status: 200, text: half, complete: false });
    expect(seen.headers["content-length"]).toBe("5000");
    expect(await report).toMatchObject({ outcome: "lost", stop: "no_terminal" });
  });

  it("before its answer is a 502", async () => {
    const upstream = await rawUpstream((socket) => socket.resetAndDestroy());
    const { url } = await startProxy(upstream.url);
    const seen = await runJsonTurn(url);
    expect([seen.status, seen.text]).toEqual([502, expect.stringContaining("upstream_connection_error")]);
  });

  it("may be silent for as long as a stream may take to begin and then be silent; then it is a 504", async () => {
    const upstream = await rawUpstream(() => {});
    const { url } = await startProxy(upstream.url, { timeouts: { firstByte: 1, idle: 1 } });
    const begun = performance.now();
    expect((await runJsonTurn(url)).status).toBe(504);
    expect(performance.now() - begun).toBeGreaterThan(1800);
  });
});

describe("a client that leaves", () => {
  const stalling = (events: readonly string[], after: number): Answer => ({
    events,
    fault: { kind: "stall", after },
  });
  const places: [when: string, script: Answer[], round: number][] = [
    ["before the answer", [stalling(cut, 0)], 1],
    ["in the middle of it", [stalling(cut, 5)], 1],
    ["before a continuation's answer", [cut, stalling(natural, 0)], 2],
    ["in the middle of a continuation's", [cut, stalling(natural, 5)], 2],
  ];

  it.each(places)("%s ends the upstream's request", async (_, script, number) => {
    const upstream = await simulated({ script });
    const { url, proxy } = await startProxy(upstream.url);
    const report = firstValueFrom(proxy.turns$);
    const client = begin(url, turnRequest(jsonBody()));
    const request = await upstream.request(number);

    client.destroy();

    expect(await request.settled).toBe("aborted");
    expect(await report).toMatchObject({ outcome: "aborted", stop: "aborted" });
    expect(proxy.health().counters).toMatchObject({ open: 0, failed: 0 });
  });
});

describe("an answer that is longer than may be collected", () => {
  const long = responseOf(round().reasoning(516).message("x".repeat(50_000)).completed(items));

  it.each([
    ["as it comes", long, []],
    ["unpacked", gzipSync(long), ["content-encoding", "gzip"]],
  ])("passes on as it came: %s", async (_, body, encoding) => {
    const head = ["content-type", "application/json", "x-own", "1", ...encoding];
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, head).end(body);
    });
    const { url, proxy } = await startProxy(upstream.url, { fold: { maxHeldBytes: 40_000 } });
    const report = firstValueFrom(proxy.turns$);
    const seen = await runJsonTurn(url);
    expect(seen).toMatchObject({ status: 200, complete: true, headers: { "x-own": "1" } });
    expect(seen.body.equals(Buffer.from(body))).toBe(true);
    expect(await report).toMatchObject({
      ...{ outcome: "completed", stop: "hold_limit" },
      rounds: [{ failure: "more than may be collected" }],
    });
    expect(proxy.health().counters.failed).toBe(0);
  });

  it("streams, and is stopped when its client leaves", async () => {
    const gone = deferred();
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).write(long);
      response.on("close", gone.resolve);
    });
    const { url } = await startProxy(upstream.url, { fold: { maxHeldBytes: 40_000 } });
    const { request, response } = await open(url, turnRequest(jsonBody()));
    await once(response, "data");
    request.destroy();
    await gone.promise;
  });
});

describe("operators of the user's own", () => {
  const upper: CustomOperator = ({ transport }) =>
    map((event) => withOutputText(event, (text) => `${transport}: ${text}`));

  it("change what the client gets, folded or not", async () => {
    const upstream = await simulated({ script: [natural, cut, natural] });
    const { url } = await startProxy(`${upstream.url}/v1`, { operators: { response: [upper] } });
    for (const count of [2, 3]) {
      const { output } = read(await runJsonTurn(url));
      expect(output).toHaveLength(count);
      expect(output.at(-1)).toMatchObject({ content: [{ text: "json: 21" }] });
    }
  });

  it("that change nothing leave every byte as it was", async () => {
    const body = responseOf(natural);
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
    const same: CustomOperator = () => map((event) => event);
    const operators = { round: [same], response: [same] };
    const { url } = await startProxy(upstream.url, { operators });
    expect((await runJsonTurn(url)).text).toBe(body);
  });

  it("that end the response before its end have said all there is", async () => {
    const upstream = await simulated({ script: [natural] });
    const { url } = await startProxy(`${upstream.url}/v1`, { operators: { response: [() => take(2)] } });
    const seen = await runJsonTurn(url);
    expect([seen.status, seen.text]).toEqual([
      500,
      expect.stringContaining("An operator ended the response"),
    ]);
  });
});
