import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import {
  apiError,
  echoTurnId,
  reply,
  round,
  simulatedUpstream,
  type SimulatedUpstream,
  type SimulatedUpstreamOptions,
} from "../../../src/testing/index.js";
import { BODY, connect, post, refusedUpgrade, type Client } from "../clients.js";

let upstream: SimulatedUpstream;
const start = async (options: SimulatedUpstreamOptions): Promise<string> => {
  upstream = await simulatedUpstream(options);
  return `${upstream.url}/v1/responses`;
};
afterEach(() => upstream.close());

const ANSWER = round().reasoning(100).message("21", { phase: "final_answer" }).completed();
const CALL = round().reasoning(100).functionCall("shell", {}, { callId: "c" }).completed();
const OUTPUT = { type: "function_call_output", call_id: "c", output: "ok" };

type Events = Awaited<ReturnType<Client["turn"]>>;
const idOf = (events: Events): string => String(events.at(-1)?.["response"].id);
const codeOf = (events: Events): unknown => events.at(-1)?.["error"]?.code;

describe("the upgrade", () => {
  test("carries extra headers and agrees on compression", async () => {
    const url = await start({ script: [], headers: { "x-models-etag": "e", "set-cookie": ["a=1", "b=2"] } });
    const { upgrade, socket } = await connect(url, { headers: { "thread-id": "t" } });
    expect(upgrade.headers).toMatchObject({ "x-models-etag": "e", "set-cookie": ["a=1", "b=2"] });
    expect(socket.extensions).toContain("permessage-deflate");
    const { compressed, request } = await upstream.socket(1);
    expect(compressed).toBe(true);
    expect(request.headers["thread-id"]).toBe("t");
    expect(upstream.calls[0]).toMatchObject({ isUpgrade: true, url: "/v1/responses" });
  });

  test("can do without compression", async () => {
    const url = await start({ script: [], compression: false });
    expect((await connect(url)).socket.extensions).toBe("");
  });

  test("can be refused, all or one by one", async () => {
    const refusal = apiError(
      401,
      { code: "token_expired" },
      { "x-request-id": "r", "set-cookie": ["a=1", "b=2"] },
    );
    const url = await start({ script: [], websocket: [refusal] });
    const { status, response, body } = await refusedUpgrade(url);
    expect(status).toBe(401);
    expect(response.headers).toMatchObject({ "x-request-id": "r", "set-cookie": ["a=1", "b=2"] });
    expect(JSON.parse(body)).toMatchObject({ error: { code: "token_expired" } });
    await connect(url);

    await upstream.close();
    expect((await refusedUpgrade(await start({ script: [], websocket: false }))).status).toBe(426);
    await upstream.close();
    const url3 = await start({
      script: [],
      websocket: ({ headers }) => (headers.authorization ? undefined : reply(403)),
    });
    expect((await refusedUpgrade(url3)).status).toBe(403);
    await connect(url3, { headers: { authorization: "Bearer x" } });
    expect((await refusedUpgrade(`${upstream.url}/v1/elsewhere`)).status).toBe(404);
  });
});

describe("a turn", () => {
  test("is answered as by POST, as plain frames", async () => {
    const url = await start({ script: [ANSWER] });
    const { turn } = await connect(url);
    const events = await turn();
    expect(events.map(({ type }) => type as string)).toEqual(
      [...ANSWER].map((text) => (JSON.parse(text) as { type: string }).type),
    );
    expect(upstream.requests[0]).toMatchObject({ transport: "websocket", number: 1, body: BODY });
    expect(await upstream.requests[0]?.settled).toBe("answered");
  });

  test("is refused with the wrapped error frame", async () => {
    const limit = { type: "usage_limit_reached", resets_at: 1738888888 };
    const headers = { "x-codex-primary-used-percent": "100.0" };
    const url = await start({ script: [apiError(429, limit, headers), reply(503, { detail: "busy" })] });
    const { turn } = await connect(url);
    expect(await turn()).toEqual([
      { type: "error", status: 429, error: expect.objectContaining(limit) as unknown, headers },
    ]);
    expect(await turn()).toEqual([{ type: "error", status: 503, error: { message: "busy" } }]);
  });

  test("can be refused for good", async () => {
    const limit = apiError(400, { code: "websocket_connection_limit_reached" });
    const url = await start({ script: [{ ...limit, close: { code: 1000, reason: "limit" } }] });
    const { turn, closed } = await connect(url);
    expect(codeOf(await turn())).toBe("websocket_connection_limit_reached");
    expect(await closed).toBe(1000);
  });

  test("waits for the one before it", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const before = ({ index }: { index: number }) => (index === 1 ? held : undefined);
    const url = await start({ script: [{ events: ANSWER, before }, ANSWER] });
    const { create, next, until } = await connect(url);
    create();
    create();
    await upstream.request(2);
    expect((await next())["type"]).toBe("response.created");
    release();
    const rest = await until("response.completed");
    expect(rest.map(({ type }) => type as string)).not.toContain("response.created");
    await until("response.completed");
  });

  test("is measured on the wire", async () => {
    const url = await start({ script: () => ANSWER });
    const instructions = "The same words again. ".repeat(5000);
    const { turn } = await connect(url);
    await turn({ instructions });
    const plain = await connect(url, { perMessageDeflate: false });
    await plain.turn({ instructions });
    const [packed, unpacked] = upstream.requests.map(({ wireBytes }) => wireBytes);
    expect(packed).toBeLessThan(instructions.length / 10);
    expect(unpacked).toBeGreaterThan(instructions.length);
  });
});

describe("a conversation", () => {
  test("goes on from a prewarm", async () => {
    const url = await start({ script: [ANSWER] });
    const { turn } = await connect(url);
    const warm = await turn({ generate: false });
    expect(warm.map(({ type }) => type as string)).toEqual(["response.created", "response.completed"]);
    expect([upstream.prewarms.length, upstream.requests.length]).toEqual([1, 0]);
    await turn({ previous_response_id: idOf(warm), input: [] });
    expect(upstream.requests[0]?.history).toEqual(BODY.input);
  });

  test("can be told to fail a prewarm", async () => {
    const url = await start({ script: [], prewarm: () => apiError(503, { code: "server_is_overloaded" }) });
    const { turn } = await connect(url);
    expect(codeOf(await turn({ generate: false }))).toBe("server_is_overloaded");
  });

  test("goes on from the latest response only", async () => {
    const url = await start({ script: () => ANSWER });
    const { turn } = await connect(url);
    const first = await turn();
    const second = await turn({ previous_response_id: idOf(first) });
    expect(upstream.requests[1]?.history).toHaveLength(4);
    expect(codeOf(await turn({ previous_response_id: idOf(first) }))).toBe("previous_response_not_found");
    const [refusal] = await turn({ previous_response_id: "resp_unknown" });
    expect(refusal).toEqual({
      type: "error",
      status: 400,
      error: {
        type: "invalid_request_error",
        code: "previous_response_not_found",
        message: "Previous response with id 'resp_unknown' not found.",
        param: "previous_response_id",
      },
    });
    void second;
  });

  test("is known to its own connection only", async () => {
    const url = await start({ script: () => ANSWER });
    const id = idOf(await (await connect(url)).turn());
    expect(codeOf(await (await connect(url)).turn({ previous_response_id: id }))).toBe(
      "previous_response_not_found",
    );
  });

  test("is known everywhere when it is stored", async () => {
    const url = await start({ script: () => ANSWER });
    const id = idOf(await (await connect(url)).turn({ store: true }));
    expect(idOf(await (await connect(url)).turn({ previous_response_id: id }))).toMatch(/^resp_/);
    expect((await post(url, { ...BODY, previous_response_id: id })).status).toBe(200);
  });

  test.each([
    ["refused", apiError(503, { code: "server_error" })],
    ["failed", round().failed()],
    ["ended by an error event", round().errorEvent()],
  ])("is forgotten when a turn is %s", async (_, failure) => {
    const url = await start({ script: [ANSWER, failure] });
    const { turn } = await connect(url);
    const id = idOf(await turn());
    await turn({ previous_response_id: id });
    expect(codeOf(await turn({ previous_response_id: id }))).toBe("previous_response_not_found");
  });

  test("must answer the calls it knows, and no others", async () => {
    const url = await start({ script: [CALL, ANSWER, CALL] });
    const { turn } = await connect(url);
    await turn({ previous_response_id: idOf(await turn()), input: [OUTPUT] });
    expect(upstream.requests[1]?.outcome).not.toBe("pending");
    const [refusal] = await turn({ input: [OUTPUT] });
    expect(refusal?.["error"].message).toBe("No tool call found for function call output with call_id c.");
    const again = idOf(await turn());
    const [missing] = await turn({ previous_response_id: again });
    expect(missing?.["error"].message).toBe("No tool output found for function call c.");
  });

  test("refuses encrypted content of another account", async () => {
    const url = await start({ script: () => ANSWER });
    const account = (id: string) => ({ headers: { "chatgpt-account-id": id } });
    const events = await (await connect(url, account("a"))).turn();
    const items = events
      .filter(({ type }) => type === "response.output_item.done")
      .map(({ item }) => item as unknown);
    const { turn } = await connect(url, account("b"));
    expect(codeOf(await turn({ input: items }))).toBe("invalid_encrypted_content");
  });
});

describe("lanes", () => {
  test("go side by side, and tag their events", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const url = await start({
      script: ({ streamId }) => ({ events: ANSWER, before: () => (streamId === "slow" ? held : undefined) }),
    });
    const { create, until } = await connect(url);
    create({ stream_id: "slow" });
    create({ stream_id: "fast" });
    const fast = await until("response.completed");
    expect(new Set(fast.map(({ stream_id }) => stream_id as string))).toEqual(new Set(["fast"]));
    release();
    const slow = await until("response.completed");
    expect(slow).toHaveLength(ANSWER.length);
    expect(slow[0]?.["stream_id"]).toBe("slow");
  });

  test("keep the latest response each, and can be forked", async () => {
    const url = await start({ script: () => ANSWER });
    const { turn } = await connect(url);
    const a = idOf(await turn({ stream_id: "a" }));
    const b = idOf(await turn({ stream_id: "b" }));
    const fork = await turn({ stream_id: "c", previous_response_id: a });
    expect(fork.at(-1)).toMatchObject({ type: "response.completed", stream_id: "c" });
    expect(idOf(await turn({ stream_id: "b", previous_response_id: b }))).toMatch(/^resp_/);
    expect(codeOf(await turn({ stream_id: "x", previous_response_id: b }))).toBe(
      "previous_response_not_found",
    );
  });
});

describe("steering", () => {
  const steer = (client: Client, id: unknown): void =>
    client.socket.send(
      JSON.stringify({
        type: "response.steer",
        previous_response_id: id,
        input: [{ type: "message", role: "user", content: "shorter" }],
      }),
    );
  const steered = async (answer: typeof ANSWER): Promise<{ client: Client; id: string; events: Events }> => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const before = ({ index }: { index: number }) => (index === 1 ? held : undefined);
    const client = await connect(await start({ script: [{ events: answer, before }, ANSWER] }));
    client.create();
    const id = String((await client.next())["response"].id);
    steer(client, id);
    const accepted = await client.next();
    expect(accepted).toMatchObject({ type: "response.steer.accepted", steer: { previous_response_id: id } });
    release();
    return { client, id, events: await client.until("response.completed") };
  };

  test("begins a successor by itself", async () => {
    const { client, id } = await steered(ANSWER);
    const events = await client.until("response.completed");
    expect(events[0]?.["type"]).toBe("response.created");
    expect(upstream.requests[1]).toMatchObject({ isSteered: true, body: { previous_response_id: id } });
    expect(upstream.requests[1]?.history.at(-1)).toMatchObject({ content: "shorter" });
  });

  test("waits where a tool output is due", async () => {
    const { client, id } = await steered(CALL);
    expect(await client.next()).toMatchObject({
      type: "response.steer.pending",
      reason: "waiting_for_required_input",
      required_input: [{ type: "function_call_output", call_id: "c", name: "shell" }],
    });
    await client.turn({ previous_response_id: id, input: [OUTPUT] });
    const types = upstream.requests[1]?.history.map(({ type }) => type);
    expect(types).toEqual(["message", "reasoning", "function_call", "message", "function_call_output"]);
  });

  test("is refused for a response that is over, or unknown", async () => {
    const client = await connect(await start({ script: [ANSWER] }));
    const id = idOf(await client.turn());
    steer(client, id);
    expect(await client.next()).toMatchObject({ error: { code: "response_already_completed" } });
    steer(client, "resp_unknown");
    expect(await client.next()).toMatchObject({
      type: "response.steer.failed",
      error: { code: "response_not_found" },
      steer: { input: [{ content: "shorter" }] },
    });
  });
});

describe("frames", () => {
  test("of other types are taken in silence and recorded", async () => {
    const url = await start({ script: [ANSWER] });
    const { socket, turn, next } = await connect(url);
    socket.send('{"type":"response.processed","response_id":"resp_1"}');
    socket.send('{"type":"response.of_tomorrow"}');
    socket.send(Buffer.from([1, 2, 3]));
    socket.send("no json");
    expect(await next()).toMatchObject({ type: "error", status: 400 });
    await turn();
    expect(upstream.frames.map(({ type }) => type)).toEqual([
      "response.processed",
      "response.of_tomorrow",
      "",
      "",
      "response.create",
    ]);
    expect(upstream.frames[2]?.bytes).toEqual(Buffer.from([1, 2, 3]));
  });

  test("and pings can be sent by the test", async () => {
    const { next, socket, closed } = await connect(await start({ script: [] }));
    const server = await upstream.socket(1);
    server.send('{"type":"codex.rate_limits"}');
    expect(await next()).toEqual({ type: "codex.rate_limits" });
    const pong = server.pong();
    server.ping();
    await pong;
    server.close(1001, "bye");
    expect(await closed).toBe(1001);
    expect(await server.closed).toEqual({ code: 1001, reason: "bye" });
    void socket;
  });
});

describe("delivery and faults", () => {
  test("in fragments of one byte", async () => {
    const url = await start({ script: [{ events: round().message("最🍬").completed(), chunkBytes: 1 }] });
    const { turn } = await connect(url);
    expect(JSON.stringify(await turn())).toContain("最🍬");
  });

  test("in one write", async () => {
    const url = await start({ script: [{ events: ANSWER, oneWrite: true }] });
    expect(await (await connect(url)).turn()).toHaveLength(ANSWER.length);
  });

  test.each([
    ["reset", { kind: "reset", after: 3 }, 1006],
    ["reset in an event", { kind: "reset", after: 3, midEvent: true }, 1006],
    ["closed without a frame", { kind: "close", after: 3 }, 1006],
    ["closed", { kind: "close", after: 3, code: 1011, reason: "internal" }, 1011],
    ["garbled", { kind: "garbage", after: 3 }, 1006],
  ] as const)("the connection is %s", async (_, fault, code) => {
    const url = await start({ script: [{ events: ANSWER, fault }] });
    const { create, next, closed } = await connect(url);
    create();
    for (let n = 0; n < 3; n++) await next();
    expect(await closed).toBe(code);
  });

  test("tells who ended a turn", async () => {
    const reset = { kind: "reset", after: 1 } as const;
    const stall = { kind: "stall", after: 1 } as const;
    const url = await start({
      script: [
        { events: ANSWER, fault: reset },
        { events: ANSWER, fault: stall },
      ],
    });
    (await connect(url)).create();
    expect(await (await upstream.request(1)).settled).toBe("broken");
    const { create, next, socket } = await connect(url);
    create();
    await next();
    socket.terminate();
    expect(await (await upstream.request(2)).settled).toBe("aborted");
    expect(await upstream.sockets[1]?.closed).toMatchObject({ code: 1006 });
  });

  test("a slow client holds the stream up", async () => {
    let sent = 0;
    const big = JSON.stringify({ type: "x", filler: "x".repeat(100_000) });
    const before = (): void => void sent++;
    const url = await start({
      script: [{ events: Array<string>(300).fill(big), before }],
      compression: false,
    });
    const { create, socket, next } = await connect(url);
    create();
    await next();
    socket.pause();
    let last = -1;
    while (sent > last) {
      last = sent;
      await sleep(50); // the stream has come to a halt when nothing was sent for so long
    }
    expect(sent).toBeLessThan(300);
    socket.resume();
    for (let n = 1; n < 300; n++) await next();
  });

  test("close() ends every connection", async () => {
    const url = await start({ script: [{ events: ANSWER, fault: { kind: "stall", after: 1 } }] });
    const { create, next, closed } = await connect(url);
    create();
    await next();
    await upstream.close();
    expect(await closed).toBe(1006);
    expect(upstream.connections.open).toBe(0);
    expect(await upstream.requests[0]?.settled).toBe("aborted");
  });
});

describe("items", () => {
  test("can carry the turn id that a client stamps them with", async () => {
    const url = await start({ script: [ANSWER], itemFields: echoTurnId });
    const events = await (await connect(url)).turn({ client_metadata: { turn_id: "t" } });
    const items = events.filter(({ item }) => item !== undefined).map(({ item }) => item as object);
    expect(items).toHaveLength(4);
    for (const item of items) {
      expect(item).toMatchObject({ internal_chat_message_metadata_passthrough: { turn_id: "t" } });
    }
  });
});
