import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { round } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect } from "./support/client.js";
import { createFrame, idOf } from "./support/frames.js";
import { message, rawSockets } from "./support/upstream.js";

/** The events of a round as a plain list: sent as they are, without ids of the request's. */
function texts(events: readonly string[]): string[] {
  return [...events];
}

describe("rate limits are reported", () => {
  test("in a turn, behind it, and from an error frame", async () => {
    const limits = (used: number) =>
      `{"type":"codex.rate_limits","rate_limits":{"primary":{"used_percent":${used}}}}`;
    const refusal = '{"type":"error","status":429,"headers":{"x-codex-primary-used-percent":"100.0"}}';
    const upstream = await rawSockets();
    const { url, proxy } = await startProxy(`${upstream.url}/v1`);
    const seen: unknown[] = [];
    proxy.reports$.subscribe((report) => report.kind === "rate_limits" && seen.push(...report.limits));
    const client = await connect(url);
    const above = await upstream.socket(1);
    client.send(createFrame());
    await message(above);
    for (const event of [limits(1), ...round().message("hi").completed(), limits(2)]) above.send(event);
    await client.until("response.completed");
    await client.until("codex.rate_limits");
    client.send(createFrame());
    await message(above);
    above.send(refusal);
    await client.until("error");
    expect(seen).toMatchObject([1, 2, 100].map((used) => ({ primary: { usedPercent: used } })));
  });
});

describe("frames pass as the text they were", () => {
  test("a turn of one round, event for event", async () => {
    const events = [
      ...texts(round().reasoning(100).message("Grüße 🎉 \u2028").cut()),
      '{"type":"codex.rate_limits","rate_limits":{"primary":{"used_percent":12.50}}}',
      '{ "type" : "response.future" , "n" : 12345678901234567890, "s":"\\u00e9\\/" }',
      '{"sequence_number":99,"type":"response.completed","response":{"id":"resp_9","status":"completed","output":[],"x":1.0}}',
    ];
    const upstream = await simulated({ script: [events] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);

    expect(await client.turn(createFrame())).toEqual(events);
  });

  test("the client's frames, whatever they are", async () => {
    const upstream = await simulated({ script: [round().message("hi").completed()] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const create = createFrame().replace(
      '"stream":true',
      ' "stream" :\ttrue,"n":12345678901234567890,"s":"\\u00e9🎉"',
    );
    const frames = [
      create,
      '{"type":"response.processed","response_id":"resp_1"}',
      '{"type" : "response.future", "big": 1e400}',
      '["no object"]',
      "no JSON",
      "",
    ];

    for (const frame of frames) client.send(frame);
    await upstream.frame(frames.length);

    expect(upstream.frames.map(({ text }) => text)).toEqual(frames);
  });

  test("binary messages, both ways", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);

    const up = once(above, "message");
    client.socket.send(Buffer.from([0, 255, 128]));
    expect(await up).toEqual([Buffer.from([0, 255, 128]), true]);
    const down = once(client.socket, "message");
    above.send(Buffer.from([1, 254]));
    expect(await down).toEqual([Buffer.from([1, 254]), true]);
  });

  test("events that belong to no turn", async () => {
    const upstream = await rawSockets((socket) => socket.send('{"type":"hello","n":1.0}'));
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const successor = [
      '{"type":"response.created","response":{"id":"resp_s"}}',
      '{"type":"response.completed"}',
      "odd",
    ];

    for (const text of successor) above.send(text);

    expect([await client.next(), await client.next(), await client.next(), await client.next()]).toEqual([
      '{"type":"hello","n":1.0}',
      ...successor,
    ]);
  });

  test("a response's second terminal does not: the client's next frame may be under way, and it is no answer to that", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const events = texts(round().message("hi").completed());
    const terminal = events.at(-1) ?? "";
    const later = '{"type":"codex.rate_limits"}';

    const asked = message(above);
    client.send(createFrame());
    await asked;
    for (const text of [...events, terminal, later]) above.send(text);
    await client.until("codex.rate_limits");

    expect(client.received).toEqual([...events, later]);
  });

  test("what comes before a turn's response, with numbers or without, passes and is the turn's own", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const turns = ["one", "two"].map((seed) => texts(round({ seed }).message(seed).completed()));
    const before = [
      '{"type":"response.metadata","sequence_number":null,"headers":{"x-codex-turn-state":"state-7"}}',
      '{"type":"codex.future","sequence_number":7,"n":1.0}',
      '{"type":"response.future","sequence_number":0}',
    ];

    for (const [i, events] of turns.entries()) {
      const asked = message(above);
      client.send(createFrame());
      await asked;
      for (const text of i === 0 ? events : [...before, ...events]) above.send(text);
      await client.until("response.completed");
    }

    expect(client.received).toEqual([...(turns[0] ?? []), ...before, ...(turns[1] ?? [])]);
  });

  test("what names a response that is over does not, once the next frame is under way", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const [one = [], two = []] = ["one", "two"].map((seed) =>
      texts(round({ seed }).message(seed).completed()),
    );
    const isOfItem = (text: string): boolean => text.startsWith('{"type":"response.output_text.delta"');
    const late = [
      one.at(-1) ?? "",
      one.find((text) => text.startsWith('{"type":"response.in_progress"')) ?? "",
      one.find(isOfItem) ?? "",
      `{"type":"response.future","response_id":"${idOf(one)}"}`,
    ];

    for (const events of [one, [...late, ...two]]) {
      const asked = message(above);
      client.send(createFrame());
      await asked;
      for (const text of events) above.send(text);
      await client.until("response.completed");
    }

    expect(client.received).toEqual([...one, ...two]);
  });

  test("responses of a gateway that calls them all the same pass, announced or not", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const events = texts(round({ seed: "always" }).message("hi").completed());
    const turns = [events, events, events.filter((text) => !/response\.(created|in_progress)"/.test(text))];

    for (const turn of turns) {
      const asked = message(above);
      client.send(createFrame());
      await asked;
      for (const text of turn) above.send(text);
      await client.until("response.completed");
    }

    expect(client.received).toEqual(turns.flat());
  });

  test("a message in fragments arrives whole", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);

    const arrived = message(above);
    client.socket.send('{"type":"resp', { fin: false });
    client.socket.send('onse.processed"}');

    expect(await arrived).toBe('{"type":"response.processed"}');
  });

  test("pings and pongs, both ways, with their data", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);

    const [pinged, ponged] = [once(above, "ping"), once(client.socket, "pong")];
    client.socket.ping("from below");
    expect(String(await pinged)).toBe("from below");
    expect(String(await ponged)).toBe("from below");

    const [pingedBelow, pongedAbove] = [once(client.socket, "ping"), once(above, "pong")];
    above.ping("from above");
    expect(String(await pingedBelow)).toBe("from above");
    expect(String(await pongedAbove)).toBe("from above");
  });
});

describe("what is no turn is not looked at", () => {
  test("other paths are relayed as they are", async () => {
    const upstream = await rawSockets((socket) =>
      socket.on("message", (data, binary) => socket.send(data, { binary })),
    );
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url, { path: "/realtime?model=gpt-realtime" });

    client.send(createFrame());

    expect(await client.next()).toBe(createFrame());
    expect(upstream.upgrades[0]?.url).toBe("/v1/realtime?model=gpt-realtime");
  });

  test("in mode off turns are relayed, too, and not counted", async () => {
    const events = texts(round().reasoning(516).message("29").completed());
    const upstream = await simulated({ script: [events] });
    const { url, proxy } = await startProxy(`${upstream.url}/v1`, { fold: { mode: "off" } });
    const client = await connect(url);

    expect(await client.turn(createFrame())).toEqual(events);
    expect(proxy.health().counters.turns).toBe(0);
  });

  test("a model that is not selected is never folded", async () => {
    const events = texts(round().reasoning(516).message("29").completed());
    const upstream = await simulated({ script: [events] });
    const { url } = await startProxy(`${upstream.url}/v1`, { fold: { models: ["gpt-6*"] } });
    const client = await connect(url);

    expect(await client.turn(createFrame())).toEqual(events);
    expect(upstream.requests).toHaveLength(1);
  });

  test("a prewarm is relayed and is no turn in the reports", async () => {
    const upstream = await simulated({ script: [] });
    const { url, proxy } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const frame = createFrame({ generate: false });

    await client.turn(frame);

    expect(upstream.prewarms[0]?.text).toBe(frame);
    expect(proxy.health().counters.turns).toBe(0);
  });
});
