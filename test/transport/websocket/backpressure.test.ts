import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { round } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, typeOf } from "./support/client.js";
import { createFrame } from "./support/frames.js";
import { rawSockets } from "./support/upstream.js";

const MEGABYTE = 1024 * 1024;

/** The size of the whole; what may be on its way is what kernels and the high-water marks hold, some 10 MiB on Linux. */
const WHOLE = 36 * MEGABYTE;
const ON_ITS_WAY = 24 * MEGABYTE;

/** Waits until a count stands still. @returns where */
async function standstill(count: () => number): Promise<number> {
  for (let last = -1; ;) {
    const now = count();
    if (now > 0 && now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

describe("a peer that does not read", () => {
  test.each(["relay", "bridge"])(
    "%s: a slow client pauses the upstream, and misses nothing",
    async (path) => {
      const [created = "", , ...rest] = round().reasoning(100).message("hi").completed();
      const delta = `{"type":"response.reasoning_summary_text.delta","delta":"${"x".repeat(MEGABYTE / 4)}"}`;
      const count = WHOLE / delta.length;
      let made = 0;
      async function* events() {
        yield created;
        for (; made < count; made++) yield delta;
        yield* rest;
      }
      const upstream = await simulated({
        script: () => ({ events: events() }),
        compression: false,
      });
      const idle = 2;
      const upstreamTransport = path === "bridge" ? "sse" : "auto";
      const { url } = await startProxy(`${upstream.url}/v1`, { upstreamTransport, timeouts: { idle } });
      const client = await connect(url, { perMessageDeflate: false });
      let received = 0;
      client.socket.on("message", (data: Buffer) => (received += data.length));
      client.send(createFrame());
      await client.next();
      client.socket.pause();

      expect((await standstill(() => made)) * delta.length).toBeLessThan(ON_ITS_WAY);
      // The upstream's silence is the client's doing, and no reason to give it up.
      await new Promise((resolve) => setTimeout(resolve, idle * 1000 + 500));

      client.socket.resume();
      await client.until("response.completed");
      expect(received).toBeGreaterThan(WHOLE);
    },
    60_000,
  );

  test("a slow upstream pauses the client", async () => {
    const upstream = await rawSockets((socket) => socket.pause());
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url, { perMessageDeflate: false });
    const above = await upstream.socket(1);
    const frame = Buffer.alloc(MEGABYTE / 4, "x");
    let received = 0;
    above.on("message", (data: Buffer) => (received += data.length));

    for (let sent = 0; sent < WHOLE; sent += frame.length) client.socket.send(frame);
    const written = await standstill(() => WHOLE - client.socket.bufferedAmount);
    expect(written).toBeLessThan(ON_ITS_WAY);

    above.resume();
    while (received < WHOLE) await once(above, "message");
  }, 60_000);

  test("a large frame that compresses to nothing does not leave the client waiting", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const frame = "x".repeat(4 * MEGABYTE);

    for (let i = 0; i < 3; i++) client.send(frame);

    expect((await upstream.frame(3)).text).toBe(frame);
    expect(upstream.sockets[0]?.bytesReceived).toBeLessThan(MEGABYTE);
  });

  test("frames that wait for their lane's turn are not piled up", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const upstream = await simulated({
      script: ({ number }) => ({
        // As texts: they do not repeat the request's megabyte.
        events: [...round().message(`hi ${number}`).completed()],
        before: ({ index }) => (number === 1 && index === 1 ? gate : undefined),
      }),
    });
    const { url } = await startProxy(`${upstream.url}/v1`, { limits: { frameBytes: MEGABYTE } });
    const client = await connect(url, { perMessageDeflate: false });
    const frame = createFrame({ instructions: "x".repeat(MEGABYTE - 2000) });
    const frames = 32;

    for (let i = 0; i < frames; i++) client.send(frame);
    const written = await standstill(() => frames * MEGABYTE - client.socket.bufferedAmount);
    expect(written).toBeLessThan(20 * MEGABYTE);
    go();

    for (let i = 0; i < frames; i++) await client.until("response.completed");
    expect(upstream.requests).toHaveLength(frames);
  }, 60_000);

  test("a client that leaves while it does not read takes the upstream with it", async () => {
    const upstream = await rawSockets((socket) => {
      const text = "x".repeat(MEGABYTE / 4);
      const more = (): void => socket.send(text, () => socket.readyState === WebSocket.OPEN && more());
      more();
    });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    client.socket.pause();
    const above = await upstream.socket(1);
    await standstill(() => client.tcp.bytesRead + 1);

    client.tcp.destroy();

    await once(above, "close");
  });
});

test("a turn's events are the same however they are cut into packets", async () => {
  const events = [...round().reasoning(100).message("Grüße 🎉").completed()];
  const upstream = await simulated({ script: () => ({ events, chunkBytes: 7 }), compression: false });
  const { url } = await startProxy(`${upstream.url}/v1`);
  const client = await connect(url);

  const texts = await client.turn(createFrame());

  expect(texts).toEqual(events);
  expect(texts.map(typeOf)).toContain("response.completed");
});
