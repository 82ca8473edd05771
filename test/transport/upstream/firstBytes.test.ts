import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, test } from "vitest";
import { round, truncatingModel } from "../../../src/testing/index.js";
import { beginsAsEvents, readFirstBytes } from "../../../src/transport/upstream/firstBytes.js";
import { startProxy } from "../support/proxy.js";
import { canonicalSse, eventsOf, runTurn, simulated } from "../support/turns.js";
import { httpUpstream } from "../support/upstreams.js";

const BOM = "\xef\xbb\xbf";

describe("beginsAsEvents", () => {
  it.each([
    "data: {}",
    "data\n",
    "event: response.created\n",
    "id:7",
    "retry: 10",
    ": comment",
    ":\n",
    "\n\r\n\rdata:",
    `${BOM}data:`,
    `${BOM}\n:`,
  ])("%j is one", (text) => expect(beginsAsEvents(text)).toBe(true));

  it.each(["{", "[", "<html>", "database: x", "Data: x", "x: y", " data: x", "\n{", `${BOM}{`, "ident: 1"])(
    "%j is none",
    (text) => expect(beginsAsEvents(text)).toBe(false),
  );

  it.each(["", "d", "dat", "data", "even", "ret", "\n", "\r\nda", "\xef", "\xef\xbb", BOM, `${BOM}i`])(
    "%j may become one",
    (text) => expect(beginsAsEvents(text)).toBeUndefined(),
  );
});

describe("readFirstBytes", () => {
  const told = async (...chunks: string[]) => {
    const { isEvents, body } = await readFirstBytes(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));
    return [isEvents, (await buffer(body)).toString()];
  };

  test("loses nothing, however the body comes", async () => {
    expect(await told("data: 1\n\n", "data: 2\n\n")).toEqual([true, "data: 1\n\ndata: 2\n\n"]);
    expect(await told(..."event: x\ndata: 1\n\n")).toEqual([true, "event: x\ndata: 1\n\n"]);
    expect(await told('{"a":', "1}")).toEqual([false, '{"a":1}']);
    expect(await told("d", "a", "t")).toEqual([false, "dat"]);
    expect(await told()).toEqual([false, ""]);
    expect(await told("\n".repeat(60_000), "\n".repeat(60_000), "data:")).toEqual([
      false,
      `${"\n".repeat(120_000)}data:`,
    ]);
  });

  test("passes the body's death on", async () => {
    const body = new PassThrough();
    const reading = readFirstBytes(body);
    body.destroy(new Error("gone"));
    await expect(reading).rejects.toThrow("gone");
  });
});

describe("a stream of events under another name", () => {
  it.each(["text/plain; charset=utf-8", "application/json", "application/octet-stream", "text/html"])(
    "%s is folded, and keeps its name",
    async (contentType) => {
      const model = truncatingModel({ steps: [{ cuts: [516], wrong: "29", right: "21" }] });
      const upstream = await simulated({ script: (request) => ({ events: model(request), contentType }) });
      const { url } = await startProxy(upstream.url);

      const { headers, text, complete } = await runTurn(url);

      expect(complete).toBe(true);
      expect(headers["content-type"]).toBe(contentType);
      expect(text).not.toContain('"delta":"29"');
      expect(eventsOf(text).at(-1)).toMatchObject({ response: { metadata: { proxy_rounds: [{}, {}] } } });
    },
  );

  test("no name at all, in single bytes, passes as it came", async () => {
    const sse = canonicalSse([...round().reasoning(100).message("21").completed()]);
    const upstream = await httpUpstream(async (request, response) => {
      request.resume();
      response.writeHead(200, { "x-request-id": "r" });
      for (const byte of Buffer.from(sse.slice(0, 40))) {
        response.write(Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
      response.end(sse.slice(40));
    });
    const { url, proxy } = await startProxy(upstream.url);

    const { status, headers, text } = await runTurn(url);

    expect(status).toBe(200);
    expect(headers).toMatchObject({ "x-request-id": "r" });
    expect(headers).not.toHaveProperty("content-type");
    expect(text).toBe(sse);
    expect(proxy.health().counters).toMatchObject({ turns: 1, failed: 0 });
  });

  test("a body that dies before it says anything is a 502", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/plain" });
      response.flushHeaders();
      setImmediate(() => response.destroy());
    });
    const { url } = await startProxy(upstream.url);
    expect(await runTurn(url)).toMatchObject({ status: 502 });
  });
});
