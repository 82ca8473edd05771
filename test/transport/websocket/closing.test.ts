import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { round, type Fault } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, typeOf } from "./support/client.js";
import { answerOf, createFrame, responseOfLast } from "./support/frames.js";
import { rawSockets } from "./support/upstream.js";

const CODES = [1000, 1001, 1008, 1011, 1012, 1014, 3000, 4000, 4999];

describe("one side ends as the other ended", () => {
  test.each(CODES)("the upstream closes with %i", async (code) => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);

    (await upstream.socket(1)).close(code, "grüße");

    expect(await client.closed).toEqual({ code, reason: "grüße" });
  });

  test.each(CODES)("the client closes with %i", async (code) => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);

    client.socket.close(code, "grüße");

    expect(await (await upstream.socket(1)).closed).toEqual({ code, reason: "grüße" });
  });

  test("without a code: 1005, both ways", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const [first, second] = [await connect(url), await connect(url)];

    (await upstream.socket(1)).close();
    expect(await first.closed).toEqual({ code: 1005, reason: "" });

    const closed = once(await upstream.socket(2), "close");
    second.socket.close();
    expect(await closed).toEqual([1005, Buffer.alloc(0)]);
  });

  test.each(["reset", "end"])("a connection that is lost is lost: %s", async (how) => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const [first, second] = [await connect(url), await connect(url)];

    const [tcp] = upstream.connections;
    if (how === "reset") tcp?.resetAndDestroy();
    else tcp?.end();
    expect(await first.closed).toEqual({ code: 1006, reason: "" });

    const closed = once(await upstream.socket(2), "close");
    if (how === "reset") second.tcp.resetAndDestroy();
    else second.tcp.end();
    expect((await closed)[0]).toBe(1006);
  });

  test("a peer that does not answer a close is cut", async () => {
    const upstream = await rawSockets((socket) => (socket.close = () => {}));
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const [tcp] = upstream.connections;

    client.socket.close(1000);

    await once(tcp as NonNullable<typeof tcp>, "close");
  });

  test("what was sent before a connection is lost arrives, however slowly the client reads", async () => {
    const fill = "x".repeat(100_000);
    const sent = Array.from({ length: 80 }, (_, i) => `{"type":"event","i":${i},"fill":"${fill}"}`);
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    client.socket.on("message", () => {
      client.socket.pause();
      setTimeout(() => client.socket.resume(), 3);
    });

    for (const text of sent) above.send(text);
    const [tcp] = upstream.connections;
    tcp?.end();

    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(client.received).toEqual(sent);
  });
});

describe("an upstream that dies in a turn", () => {
  const events = [...round().reasoning(516).message("WRONG").completed()];
  const at = (type: string): number => events.findIndex((text) => typeOf(text) === type);
  const phases: [string, number][] = [
    ["before it began", 0],
    ["after it began", at("response.in_progress")],
    ["in its reasoning", at("response.reasoning_summary_text.delta") + 2],
    ["in held output", at("response.output_text.delta")],
    ["just before its terminal", events.length - 1],
  ];
  const deaths: [string, (after: number) => Fault, number][] = [
    ["is reset", (after) => ({ kind: "reset", after }), 1006],
    ["ends", (after) => ({ kind: "close", after }), 1006],
    ["ends inside an event", (after) => ({ kind: "close", after, midEvent: true }), 1006],
    ["closes with 1011", (after) => ({ kind: "close", after, code: 1011, reason: "oops" }), 1011],
  ];

  describe.each(deaths)("%s", (_, fault, code) => {
    test.each(phases)("%s: as without the proxy", async (_phase, after) => {
      const upstream = await simulated({ script: () => ({ events, fault: fault(after) }) });
      const { url } = await startProxy(`${upstream.url}/v1`);
      const direct = await connect(`${upstream.url}/v1`);
      const proxied = await connect(url);

      direct.send(createFrame());
      proxied.send(createFrame());

      expect(await proxied.closed).toEqual(await direct.closed);
      expect((await direct.closed).code).toBe(code);
      expect(proxied.received).toEqual(direct.received);
      expect(proxied.received).toHaveLength(after);
    });
  });

  test.each(deaths)(
    "in a continuation (it %s): the last complete round is released first",
    async (_, fault, code) => {
      const upstream = await simulated({
        script: [
          round().reasoning(516).message("held answer").completed(),
          { events: round().reasoning(300).message("never").completed(), fault: fault(8) },
        ],
      });
      const { url, proxy } = await startProxy(`${upstream.url}/v1`);
      const client = await connect(url);

      const texts = await client.turn(createFrame());

      expect(answerOf(texts)).toBe("held answer");
      expect(responseOfLast(texts)).toMatchObject({
        status: "completed",
        metadata: { proxy_stopped_reason: "continuation_failed" },
      });
      expect((await client.closed).code).toBe(code);
      expect(client.received).toHaveLength(texts.length);
      expect(proxy.health().counters).toMatchObject({ turns: 1, open: 0, failed: 0 });
    },
  );
});

describe("a client that leaves", () => {
  test.each(["while output is held", "in a continuation", "before anything came"])(
    "%s: the upstream is closed",
    async (when) => {
      let leave = (): void => {};
      const held = new Promise<void>((resolve) => (leave = resolve));
      const stop = { none: new Promise<void>(() => {}) };
      const upstream = await simulated({
        script: ({ number }) => {
          const isLast = when !== "in a continuation" || number === 2;
          return {
            events: round().reasoning(516).message("WRONG").completed(),
            before: ({ text }) => {
              const stops =
                when === "before anything came" || (isLast && text.includes('"response.output_text.delta"'));
              if (!isLast || !stops) return;
              leave();
              return stop.none;
            },
          };
        },
      });
      const { url, proxy } = await startProxy(`${upstream.url}/v1`);
      const client = await connect(url);
      const reports: string[] = [];
      proxy.turns$.subscribe(({ outcome }) => reports.push(outcome));
      client.send(createFrame());
      await held;

      client.tcp.destroy();

      expect((await (await upstream.socket(1)).closed).code).toBe(1006);
      expect(reports).toEqual(["aborted"]);
    },
  );
});

describe("frames past the limit", () => {
  test("the client's: 1009 for it, and the upstream is closed", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`, { limits: { frameBytes: 10_000 } });
    const client = await connect(url);

    client.send("x".repeat(10_001));

    expect((await client.closed).code).toBe(1009);
    await (
      await upstream.socket(1)
    ).closed;
  });

  test("the upstream's: the client's connection is lost, and the log says why", async () => {
    const upstream = await rawSockets();
    const { url, proxy } = await startProxy(`${upstream.url}/v1`, { limits: { frameBytes: 10_000 } });
    const notices: string[] = [];
    proxy.reports$.subscribe((report) => report.kind === "notice" && notices.push(report.text));
    const client = await connect(url);

    (await upstream.socket(1)).send("x".repeat(10_001));

    expect((await client.closed).code).toBe(1006);
    expect(notices).toEqual([expect.stringContaining("10000 bytes")]);
  });

  test("one as large as the limit passes", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`, { limits: { frameBytes: 10_000 } });
    const client = await connect(url);

    client.send("x".repeat(10_000));

    expect((await upstream.frame(1)).text).toHaveLength(10_000);
  });

  test("text that is no UTF-8 ends the connection, and nothing else", async () => {
    const upstream = await simulated({ script: [] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);

    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });

    expect((await client.closed).code).toBe(1007);
    await (
      await upstream.socket(1)
    ).closed;
    await connect(url);
  });
});
