import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { round } from "../../../src/testing/index.js";
import { ask, begin, open, type Asking } from "../support/client.js";
import { deferred } from "../support/deferred.js";
import { startProxy } from "../support/proxy.js";
import { canonicalSse, dataOf, eventsOf, runTurn, simulated, turnRequest } from "../support/turns.js";
import { bodyOf, httpUpstream } from "../support/upstreams.js";

const MIB = 1024 * 1024;
/** Far more than the buffers of two loopback connections hold. */
const OFFERED = 400 * MIB;
const BUFFERED = 64 * MIB;

/** Writes until so much is written, never more than there is room for. */
function offer(response: ServerResponse, chunk: Buffer): { readonly bytes: number } {
  const offered = { bytes: 0 };
  const write = (): void => {
    while (offered.bytes < OFFERED && !response.destroyed) {
      offered.bytes += chunk.length;
      if (!response.write(chunk)) return void response.once("drain", write);
    }
  };
  write();
  return offered;
}

/** Waits until a number no longer grows. Nothing tells that nothing happens, so this has to look. */
async function settled(number: () => number): Promise<number> {
  for (let last = -1; last !== number(); await sleep(300)) last = number();
  return number();
}

const delta = { type: "response.reasoning_summary_text.delta", delta: "x".repeat(2000), sequence_number: 2 };
const deltas = Buffer.from(canonicalSse([JSON.stringify(delta)]).repeat(30));

describe("a client that stops reading", () => {
  const downloads: [what: string, asking: Asking, chunk: Buffer][] = [
    ["a turn", turnRequest(), deltas],
    ["a download", { path: "/v1/files/1/content" }, Buffer.alloc(60_000)],
  ];

  it.each(downloads)("pauses the upstream of %s, until it reads on", async (_, asking, chunk) => {
    let answering: ServerResponse | undefined;
    let offered = { bytes: 0 };
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      answering = response;
      offered = offer(response, chunk);
    });
    const { url } = await startProxy(upstream.url);
    const before = process.memoryUsage().rss;

    const { request, response } = await open(url, asking);
    response.pause();

    expect(await settled(() => offered.bytes)).toBeLessThan(BUFFERED);
    expect(answering?.writableNeedDrain).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(BUFFERED);

    response.resume();
    await once(answering as ServerResponse, "drain");
    request.destroy();
    await once(answering as ServerResponse, "close");
  });

  it("keeps no other turn waiting", async () => {
    const natural = round().reasoning(3).message("21").completed();
    let asked = 0;
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (++asked === 1) offer(response, deltas);
      else response.end(canonicalSse(natural));
    });
    const { url } = await startProxy(upstream.url);
    const { response } = await open(url, turnRequest());
    response.pause();
    expect((await runTurn(url)).text).toBe(canonicalSse(natural));
  });
});

describe("an upstream that stops reading", () => {
  it("pauses the client's upload", async () => {
    const upstream = await httpUpstream((request) => request.pause());
    const { url } = await startProxy(upstream.url);
    let sent = 0;
    const body = Readable.from(
      (function* () {
        for (; sent < OFFERED; sent += 60_000) yield Buffer.alloc(60_000);
      })(),
    );
    const client = begin(url, { method: "POST", path: "/v1/files", body });
    expect(await settled(() => sent)).toBeLessThan(BUFFERED);
    client.destroy();
  });
});

describe("20 MB", () => {
  it("arrive whole in both directions", async () => {
    const sent = Buffer.alloc(20_000_000, "0123456789abcdef\u00e4");
    const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    const upstream = await httpUpstream((request, response) => {
      void bodyOf(request).then((body) => {
        response.writeHead(200, { "x-received": hash(body), "content-length": sent.length }).end(sent);
      });
    });
    const { url } = await startProxy(upstream.url);
    const seen = await ask(url, { method: "PUT", path: "/v1/files/1", body: Readable.from(chunksOf(sent)) });
    expect(seen.headers).toMatchObject({ "x-received": hash(sent), "content-length": "20000000" });
    expect(hash(seen.body)).toBe(hash(sent));
  });
});

describe("what passes through", () => {
  it("streams up and down as it comes", async () => {
    const upstream = await httpUpstream((request, response) => {
      response.writeHead(200);
      request.on("data", (chunk: Buffer) => response.write(`got ${chunk.toString()};`));
      request.on("end", () => response.end("all"));
    });
    const { url } = await startProxy(upstream.url);
    const body = new Readable({ read() {} });
    body.push("1");
    const { response } = await open(url, { method: "POST", path: "/v1/audio", body });
    const said = async (): Promise<string> => String(((await once(response, "data")) as [Buffer])[0]);
    expect(await said()).toBe("got 1;");
    body.push("2");
    expect(await said()).toBe("got 2;");
    body.push(null);
    expect(await said()).toBe("all");
  });
});

describe("held output", () => {
  it("past its limit goes out, and the turn is not continued", async () => {
    const truncated = round().reasoning(516).message("29 ".repeat(500)).completed();
    const upstream = await simulated({ script: [truncated] });
    const { url } = await startProxy(upstream.url, { fold: { maxHeldBytes: 5000 } });
    const { text } = await runTurn(url);
    expect(dataOf(text)).toHaveLength(truncated.length);
    expect(text).toContain('"proxy_stopped_reason":"hold_limit"');
  });

  it("is told apart from a dead stream by what the client hears meanwhile", async () => {
    const truncated = round().reasoning(516).message("29").completed();
    const heard = deferred();
    const upstream = await simulated({
      script: [
        {
          events: truncated,
          before: ({ index }) => (index === truncated.length - 1 ? heard.promise : undefined),
        },
      ],
    });
    const { url } = await startProxy(upstream.url, { fold: { keepAliveSeconds: 0.05, maxContinue: 1 } });
    const { response } = await open(url, turnRequest());
    let text = "";
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.split('"type":"response.in_progress"').length > 3) heard.resolve();
    }
    const numbers = eventsOf(text).map((event) => event["sequence_number"]);
    expect(numbers).toEqual(numbers.map((_, i) => i));
    expect(numbers.length).toBeGreaterThan(truncated.length + 1);
  });
});

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
