import { describe, expect, test } from "vitest";
import { apiError, round } from "../../../src/testing/index.js";
import type { Report } from "../../../src/reports/turnReport.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, parsed } from "./support/client.js";
import { answerOf, createFrame, responseOfLast } from "./support/frames.js";
import { message, rawSockets } from "./support/upstream.js";

const LIMIT_REACHED =
  '{"type":"error","status":400,"error":{"type":"invalid_request_error","code":"websocket_connection_limit_reached","message":"Responses websocket connection limit reached (60 minutes)."}}';

describe("the upstream's own error frames", () => {
  test.each([
    [401, { code: "token_expired" }, {}],
    [
      429,
      { type: "usage_limit_reached", resets_at: 1738888888 },
      { "x-codex-primary-used-percent": "100.0" },
    ],
    [400, { code: "previous_response_not_found", param: "previous_response_id" }, {}],
    [503, { code: "server_is_overloaded" }, { "retry-after": "1" }],
  ])("%i passes as the text it was, and the connection goes on", async (status, error, headers) => {
    const refusal = apiError(status, error, headers);
    const upstream = await simulated({ script: [refusal, refusal, round().message("hi").completed()] });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const direct = await connect(`${upstream.url}/v1`);
    const client = await connect(url);

    expect(await client.turn(createFrame())).toEqual(await direct.turn(createFrame()));
    expect(answerOf(await client.turn(createFrame()))).toBe("hi");
  });

  test("the connection limit, between turns and in one", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const idle = await connect(url);
    const busy = await connect(url);
    const held = '{"type":"response.output_item.added","item":{"type":"message"},"output_index":0}';

    (await upstream.socket(1)).send(LIMIT_REACHED);
    expect(await idle.next()).toBe(LIMIT_REACHED);

    const arrived = message(await upstream.socket(2));
    busy.send(createFrame());
    await arrived;
    (await upstream.socket(2)).send(held);
    (await upstream.socket(2)).send(LIMIT_REACHED);
    expect(await busy.until("error")).toEqual([held, LIMIT_REACHED]);
  });

  test("the connection limit in a continuation: the client has its answer first", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const arrived = message(above);
    client.send(createFrame());
    await arrived;
    const continuation = message(above);
    for (const text of round().reasoning(516).message("HELD").completed()) above.send(text);
    await continuation;

    above.send(LIMIT_REACHED);
    above.close(1000);

    const texts = await client.until("response.completed");
    expect(answerOf(texts)).toBe("HELD");
    expect(responseOfLast(texts)["metadata"]).toMatchObject({ proxy_stopped_reason: "continuation_failed" });
    expect((await client.closed).code).toBe(1000);
    expect(client.received).toEqual(texts);
  });
});

describe("a response that goes silent", () => {
  const timeouts = { idle: 0.5 };

  test("in a continuation: the last complete round is released, and the connection is cut", async () => {
    const upstream = await simulated({
      script: [
        round().reasoning(516).message("HELD").completed(),
        { events: round().reasoning(100).message("never").completed(), fault: { kind: "stall", after: 6 } },
      ],
    });
    const { url, proxy } = await startProxy(`${upstream.url}/v1`, { timeouts });
    const notices: Report[] = [];
    proxy.reports$.subscribe((report) => report.kind === "notice" && notices.push(report));
    const client = await connect(url);

    const texts = await client.turn(createFrame());

    expect(answerOf(texts)).toBe("HELD");
    expect((await client.closed).code).toBe(1006);
    expect(notices).toEqual([expect.objectContaining({ level: "warn" })]);
  });

  test("while its output is held: the client gets it, and the end", async () => {
    const events = [...round().reasoning(516).message("WRONG").completed()];
    const upstream = await simulated({
      script: [{ events, fault: { kind: "stall", after: events.length - 1 } }],
    });
    const { url } = await startProxy(`${upstream.url}/v1`, { timeouts });
    const client = await connect(url);
    client.send(createFrame());

    expect((await client.closed).code).toBe(1006);
    expect(client.received).toEqual(events.slice(0, -1));
  });

  test("between turns silence is as long as it likes", async () => {
    const upstream = await simulated({ script: [round().message("hi").completed()] });
    const { url } = await startProxy(`${upstream.url}/v1`, { timeouts: { idle: 0.5 } });
    const client = await connect(url);
    await client.turn(createFrame());

    const silence = await Promise.race([
      client.closed,
      new Promise((resolve) => setTimeout(() => resolve("still open"), 1000)),
    ]);

    expect(silence).toBe("still open");
  });
});

describe("a fault of ours", () => {
  test("ends its turn with an error frame, is logged, and leaves the connection as it was", async () => {
    const upstream = await rawSockets();
    const { url, proxy } = await startProxy(`${upstream.url}/v1`, { fold: { models: undefined as never } });
    const notices: Report[] = [];
    proxy.reports$.subscribe((report) => report.kind === "notice" && notices.push(report));
    const client = await connect(url);
    const above = await upstream.socket(1);

    const texts = await client.turn(createFrame({ stream_id: "a" }));
    above.send('{"type":"later"}');

    expect(texts.map(parsed)).toEqual([
      {
        type: "error",
        status: 500,
        error: expect.objectContaining({ type: "server_error", code: "proxy_error" }) as object,
        headers: {},
        stream_id: "a",
      },
    ]);
    expect(notices).toEqual([expect.objectContaining({ level: "error" })]);
    expect(await client.next()).toBe('{"type":"later"}');
  });
});
