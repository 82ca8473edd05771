import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import {
  apiError,
  reply,
  round,
  simulatedUpstream,
  type SimulatedUpstream,
  type SimulatedUpstreamOptions,
} from "../../../src/testing/index.js";
import { BODY, post, startPost } from "../clients.js";

let upstream: SimulatedUpstream;
const start = async (options: SimulatedUpstreamOptions): Promise<string> => {
  upstream = await simulatedUpstream(options);
  return `${upstream.url}/v1/responses`;
};
afterEach(() => upstream.close());

const ANSWER = round().reasoning(516).message("29", { phase: "final_answer" }).completed();
const LOGIN = { "chatgpt-account-id": "acct_1", authorization: "Bearer t" };

describe("POST", () => {
  test.each(["/v1/responses", "/backend-api/codex/responses", "/responses?x=1"])(
    "answers under %s",
    async (path) => {
      await start({ script: [ANSWER] });
      const { status, response, text, events } = await post(`${upstream.url}${path}`, BODY);
      expect(status).toBe(200);
      expect(response.headers["content-type"]).toMatch(/^text\/event-stream/);
      expect(events).toHaveLength(ANSWER.length);
      expect(text).toMatch(/^event: response.created\ndata: \{"type":"response.created",/);
      expect(text).not.toContain("[DONE]");
    },
  );

  test("answers in the script's order, then says that it is used up", async () => {
    const url = await start({
      script: [round().message("a").completed(), apiError(429, { code: "slow_down" })],
    });
    expect((await post(url, BODY)).text).toContain('"text":"a"');
    const refused = await post(url, BODY);
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: "slow_down", param: null } });
    expect((await post(url, BODY)).text).toContain("script_exhausted");
  });

  test("asks a function script, and repeats the request in the response object", async () => {
    const url = await start({
      script: ({ body }) =>
        round()
          .message(`to ${String(body["user"])}`)
          .completed(),
    });
    const { events } = await post(url, {
      ...BODY,
      user: "me",
      instructions: "be brief",
      tools: [{ name: "x" }],
    });
    expect(events[0]?.["response"]).toMatchObject({ instructions: "be brief", tools: [{ name: "x" }] });
    expect(events.at(-2)?.["item"].content[0].text).toBe("to me");
  });

  test("gives every response other ids, and the same ones in the next run", async () => {
    const ids = async (): Promise<string[]> => {
      const url = await start({ script: [ANSWER, ANSWER] });
      const answers = [await post(url, BODY), await post(url, BODY)];
      return answers.map(({ events }) => String(events[0]?.["response"].id));
    };
    const first = await ids();
    expect(new Set(first).size).toBe(2);
    await upstream.close();
    expect(await ids()).toEqual(first);
  });

  test("sends any other reply as it is", async () => {
    const url = await start({
      script: [reply(503, "<html>", { "content-type": "text/html", "retry-after": "3" })],
    });
    const { status, response, text } = await post(url, BODY);
    expect([status, text]).toEqual([503, "<html>"]);
    expect(response.headers).toMatchObject({ "content-type": "text/html", "retry-after": "3" });
  });

  test("sends extra headers, several of a name too", async () => {
    const headers = { "openai-model": "gpt-5.5", "set-cookie": ["a=1", "b=2"] };
    const url = await start({
      script: [{ events: ANSWER, headers: { "x-codex-turn-state": "s" } }],
      headers,
    });
    const { response } = await post(url, BODY);
    expect(response.headers).toMatchObject({
      "openai-model": "gpt-5.5",
      "set-cookie": ["a=1", "b=2"],
      "x-codex-turn-state": "s",
    });
  });

  test("without stream answers the response object", async () => {
    const url = await start({ script: [ANSWER] });
    const { response, text } = await post(url, { ...BODY, stream: false });
    expect(response.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(text)).toMatchObject({
      status: "completed",
      output: [{ type: "reasoning" }, { type: "message" }],
    });
  });

  test("leaves encrypted content out where it is not asked for", async () => {
    const url = await start({ script: [ANSWER] });
    expect((await post(url, { ...BODY, include: [] })).text).not.toContain("encrypted_content");
  });

  test("counts input by what was sent, and caches the prompt of a session", async () => {
    const url = await start({ script: [ANSWER, ANSWER] });
    const body = { ...BODY, prompt_cache_key: "k", instructions: "x".repeat(4000) };
    const usage = async () => (await post(url, body)).events.at(-1)?.["response"].usage;
    const first = await usage();
    expect(first.input_tokens).toBeGreaterThan(1000);
    expect(first.input_tokens_details.cached_tokens).toBe(0);
    expect((await usage()).input_tokens_details.cached_tokens).toBeGreaterThan(896);
  });
});

describe("the record of a request", () => {
  test("holds what came and how", async () => {
    const url = await start({ script: [ANSWER, ANSWER] });
    const packed = gzipSync(JSON.stringify(BODY));
    await post(`${url}?a=b`, packed, { "Content-Encoding": "gzip", "X-Case": "Kept" });
    const request = await upstream.request(1);
    expect(request).toMatchObject({
      ...{ number: 1, transport: "http", method: "POST", url: "/v1/responses?a=b", connection: 1 },
      ...{ text: JSON.stringify(BODY), wireBytes: packed.length, body: BODY, input: BODY.input },
      ...{ isContinuation: false, backend: "api", account: "" },
    });
    expect(request.rawHeaders.join("|")).toContain("X-Case|Kept");
    expect(upstream.calls).toHaveLength(1);
    expect(upstream.calls[0]?.body).toEqual(packed);
    expect(upstream.bytesReceived).toBeGreaterThan(packed.length);
    await post(url, BODY);
    expect(upstream.requests[1]?.connection).toBe(2);
  });

  test("reads zstd bodies", async () => {
    const url = await start({ script: [ANSWER] });
    // `{"model":"m","stream":true,"input":"hi"}` in one raw block
    const text = '{"model":"m","stream":true,"input":"hi"}';
    const block = Buffer.alloc(3);
    block.writeUIntLE((text.length << 3) | 1, 0, 3);
    const packed = Buffer.concat([
      Buffer.from("28b52ffd20", "hex"),
      Buffer.from([text.length]),
      block,
      Buffer.from(text),
    ]);
    expect((await post(url, packed, { "content-encoding": "zstd" })).status).toBe(200);
    expect(upstream.requests[0]?.text).toBe(text);
    expect((await post(url, Buffer.from("no"), { "content-encoding": "zstd" })).status).toBe(400);
  });

  test("knows a continuation by its nudge", async () => {
    const url = await start({ script: [ANSWER] });
    const nudge = { type: "message", role: "assistant", phase: "commentary", content: [] };
    await post(url, { ...BODY, input: [...BODY.input, nudge] });
    expect(upstream.requests[0]?.isContinuation).toBe(true);
  });

  test("takes a plain string as one user message", async () => {
    const url = await start({ script: [ANSWER] });
    await post(url, { ...BODY, input: "hi" });
    expect(upstream.requests[0]?.input).toEqual([{ type: "message", role: "user", content: "hi" }]);
  });

  test("tells a client that left from one that got its answer", async () => {
    const url = await start({ script: [ANSWER, { events: ANSWER, fault: { kind: "stall", after: 3 } }] });
    await post(url, BODY);
    expect(await (await upstream.request(1)).settled).toBe("answered");
    const { abort } = await startPost(url, BODY);
    const second = await upstream.request(2);
    expect(second.outcome).toBe("pending");
    abort();
    expect(await second.settled).toBe("aborted");
  });

  test("tells a client that left while the script was thinking", async () => {
    const url = await start({ script: () => new Promise(() => undefined) });
    const pending = startPost(url, BODY).catch(() => undefined);
    const request = await upstream.request(1);
    await upstream.close();
    expect(await request.settled).toBe("aborted");
    void pending;
  });
});

describe("delivery", () => {
  test("waits for whoever holds it", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const before = ({ index }: { index: number }) => (index === 2 ? held : undefined);
    const url = await start({ script: [{ events: ANSWER, before }] });
    const { response, finish } = await startPost(url, BODY);
    const early = await new Promise<Buffer>((resolve) => response.once("data", resolve));
    expect(early.toString()).toContain("response.created");
    expect(early.toString()).not.toContain("output_item");
    release();
    expect((await finish()).text).toContain("response.completed");
  });

  test("sends an async source's events as they come", async () => {
    async function* events() {
      yield* ANSWER.slice(0, 4);
      yield* ANSWER.slice(4);
    }
    const url = await start({ script: [{ events: events() }] });
    expect((await post(url, BODY)).events).toHaveLength(ANSWER.length);
  });

  test.each([{ eventsPerSecond: 2000 }, { delayMs: 1 }, { firstDelayMs: 5 }])(
    "paced %o loses nothing",
    async (pace) => {
      const url = await start({ script: [{ events: ANSWER, ...pace }] });
      expect((await post(url, BODY)).events).toHaveLength(ANSWER.length);
    },
  );

  test("in chunks of one byte", async () => {
    const events = round().message("最🍬").cut().slice(2);
    const url = await start({ script: [{ events, chunkBytes: 1 }] });
    const { chunks, text } = await post(url, BODY);
    expect(chunks.length).toBeGreaterThan(text.length / 4);
    expect([...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data)).toEqual(events);
  });

  test("in one write", async () => {
    const events = round().message("29").cut().slice(2);
    const url = await start({ script: [{ events, oneWrite: true }] });
    const { chunks } = await post(url, BODY);
    expect(chunks).toHaveLength(1);
  });

  test("with other framing, content type and encoding", async () => {
    const framing = { eventLines: false, lineEnd: "\r\n", done: true } as const;
    const url = await start({ script: [{ events: ANSWER, framing, gzip: true, contentType: "text/plain" }] });
    const { response, chunks } = await post(url, BODY);
    const text = gunzipSync(Buffer.concat(chunks)).toString();
    expect(response.headers).toMatchObject({ "content-type": "text/plain", "content-encoding": "gzip" });
    expect(text).toMatch(/^data: \{"type":"response.created".*\}\r\n\r\ndata: /);
    expect(text).not.toContain("event:");
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("uses the server's defaults where an answer does not say", async () => {
    const url = await start({ script: [ANSWER], delivery: { framing: { eventLines: false } } });
    expect((await post(url, BODY)).text).not.toContain("event:");
  });
});

describe("faults", () => {
  test("reset after an event", async () => {
    const url = await start({ script: [{ events: ANSWER, fault: { kind: "reset", after: 3 } }] });
    const { events, error } = await post(url, BODY);
    expect(events).toHaveLength(3);
    expect(error?.code).toBe("ECONNRESET");
    expect(await (await upstream.request(1)).settled).toBe("broken");
  });

  test("close in the middle of an event", async () => {
    const url = await start({
      script: [{ events: ANSWER, fault: { kind: "close", after: 2, midEvent: true } }],
    });
    const { events, text, error } = await post(url, BODY);
    expect(events).toHaveLength(2);
    expect(text.endsWith("\n")).toBe(false);
    expect(error).toBeDefined();
  });

  test("a stream that ends without a terminal ends well", async () => {
    const url = await start({ script: [round().message("29").cut({ after: 5 })] });
    const { events, error } = await post(url, BODY);
    expect(events).toHaveLength(5);
    expect(error).toBeUndefined();
  });

  test("stall", async () => {
    const url = await start({ script: [{ events: ANSWER, fault: { kind: "stall", after: 0 } }] });
    const { response, abort } = await startPost(url, BODY);
    expect(response.statusCode).toBe(200);
    abort();
    expect(await (await upstream.request(1)).settled).toBe("aborted");
  });

  test("garbage between events", async () => {
    const bytes = Buffer.from("\u0000not an event\n\n");
    const url = await start({ script: [{ events: ANSWER, fault: { kind: "garbage", after: 1, bytes } }] });
    const { text, events } = await post(url, BODY);
    expect(text).toContain("\u0000not an event\n\nevent: response.in_progress");
    expect(events).toHaveLength(ANSWER.length);
  });
});

describe("what the real backends refuse", () => {
  const messageOf = ({ text }: { text: string }): unknown => {
    const { error, detail } = JSON.parse(text) as { error?: { message: string }; detail?: string };
    return error?.message ?? detail;
  };

  test.each([
    ["api", {}, { generate: false }, "Unknown parameter: 'generate'."],
    ["api", {}, { stream_id: "a" }, "Unknown parameter: 'stream_id'."],
    ["api", {}, { type: "response.create" }, "Unknown parameter: 'type'."],
    ["chatgpt", LOGIN, { generate: false }, "Unsupported parameter: generate"],
    ["chatgpt", LOGIN, { previous_response_id: "resp_1" }, "Unsupported parameter: previous_response_id"],
    ["chatgpt", LOGIN, { store: true }, "Store must be set to false"],
    ["chatgpt", LOGIN, { stream: false }, "Stream must be set to true"],
    ["api", {}, { model: undefined }, "Missing required parameter: 'model'."],
    ["api", {}, { previous_response_id: "resp_1" }, "Previous response with id 'resp_1' not found."],
  ])("%s: POST with %o %o", async (_, headers, fields, message) => {
    const url = await start({ script: [ANSWER] });
    const refused = await post(url, { ...BODY, ...fields }, headers);
    expect(refused.status).toBe(400);
    expect(messageOf(refused)).toBe(message);
  });

  test("a body that is no JSON", async () => {
    const url = await start({ script: [ANSWER] });
    expect((await post(url, Buffer.from("{"))).status).toBe(400);
  });

  const call = { type: "function_call", call_id: "c", name: "shell", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "c", output: "ok" };
  const custom = { type: "custom_tool_call", call_id: "p", name: "patch", input: "" };
  const customOutput = { type: "custom_tool_call_output", call_id: "p", output: "ok" };
  const shell = { type: "local_shell_call", call_id: "c", action: {} };

  test.each([
    [[output], "No tool call found for function call output with call_id c."],
    [[output, call], "No tool call found for function call output with call_id c."],
    [[customOutput], "No tool call found for custom tool call output with call_id p."],
    [[custom, { ...output, call_id: "p" }], "No tool call found for function call output with call_id p."],
    [[call], "No tool output found for function call c."],
    [[call, output, custom], "No tool output found for custom tool call p."],
  ])("tool outputs and calls that do not match: %#", async (input, message) => {
    const url = await start({ script: [ANSWER] });
    const refused = await post(url, { ...BODY, input });
    expect(refused.status).toBe(400);
    expect(messageOf(refused)).toBe(message);
    expect(JSON.parse(refused.text)).toMatchObject({
      error: { type: "invalid_request_error", param: "input" },
    });
  });

  test.each([[[call, custom, customOutput, output]], [[shell, output]], [[call, call, output]]])(
    "but not those that do: %#",
    async (input) => {
      const url = await start({ script: [ANSWER] });
      expect((await post(url, { ...BODY, input })).status).toBe(200);
    },
  );

  const reasoningOf = async (
    url: string,
    headers: Record<string, string>,
  ): Promise<Record<string, unknown>> => {
    const { events } = await post(url, BODY, headers);
    return events.find((event) => event["type"] === "response.output_item.done")?.["item"];
  };

  test("encrypted content that was tampered with, or belongs to another account", async () => {
    const url = await start({ script: () => ANSWER });
    const item = await reasoningOf(url, LOGIN);
    const replayed = { ...BODY, input: [...BODY.input, item] };
    expect((await post(url, replayed, LOGIN)).status).toBe(200);
    expect((await post(url, replayed, { ...LOGIN, authorization: "Bearer refreshed" })).status).toBe(200);

    const content = String(item["encrypted_content"]);
    const tampered = `${content.slice(0, 99)}${content[99] === "A" ? "B" : "A"}${content.slice(100)}`;
    for (const refused of [
      await post(url, replayed, { ...LOGIN, "chatgpt-account-id": "acct_2" }),
      await post(url, { ...BODY, input: [{ ...item, encrypted_content: tampered }] }, LOGIN),
    ]) {
      expect(refused.status).toBe(400);
      expect(JSON.parse(refused.text)).toMatchObject({
        error: { code: "invalid_encrypted_content", param: null },
      });
    }
  });

  test("but not what it sent from a recording", async () => {
    const recorded = [...round().reasoning({ encryptedContent: "gAAAAAfromElsewhere" }).completed()];
    const url = await start({ script: () => recorded });
    const item = await reasoningOf(url, LOGIN);
    const replayed = { ...BODY, input: [item] };
    expect((await post(url, replayed, LOGIN)).status).toBe(200);
    expect((await post(url, replayed, { ...LOGIN, "chatgpt-account-id": "acct_2" })).status).toBe(400);
  });

  test("but neither item ids that repeat nor reasoning that nothing follows", async () => {
    const url = await start({ script: () => ANSWER });
    const item = await reasoningOf(url, {});
    expect((await post(url, { ...BODY, input: [item, item] })).status).toBe(200);
  });
});

describe("stored responses", () => {
  test("can be fetched and continued from, by their account", async () => {
    const url = await start({ script: () => ANSWER });
    const key = { authorization: "Bearer key" };
    const { events } = await post(url, { ...BODY, store: true }, key);
    const { id } = events[0]?.["response"] as { id: string };
    const fetched = await fetch(`${url}/${id}`, { headers: key });
    expect(await fetched.json()).toMatchObject({ id, output: [{ type: "reasoning" }, { type: "message" }] });
    expect((await fetch(`${url}/${id}`, { headers: { authorization: "Bearer other" } })).status).toBe(404);

    await post(url, { ...BODY, previous_response_id: id }, key);
    expect(upstream.requests[1]?.history.map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "message",
      "message",
    ]);
    expect(
      (await post(url, { ...BODY, previous_response_id: id }, { authorization: "Bearer other" })).status,
    ).toBe(400);
  });

  test("are kept unless the request says not to", async () => {
    const url = await start({ script: () => ANSWER });
    const idOf = async (store: boolean | undefined): Promise<string> =>
      (await post(url, { ...BODY, store })).events[0]?.["response"].id as string;
    expect((await fetch(`${url}/${await idOf(undefined)}`)).status).toBe(200);
    expect((await fetch(`${url}/${await idOf(false)}`)).status).toBe(404);
  });
});

describe("the rest", () => {
  test("lists models, and answers anything else as it is told", async () => {
    await start({
      script: [],
      headers: { "x-models-etag": "e" },
      other: ({ method, url, body }) =>
        url === "/v1/files" ? reply(201, `${method} ${body.toString()}`) : undefined,
    });
    const models = await fetch(`${upstream.url}/v1/models?client_version=1`);
    expect(models.headers.get("x-models-etag")).toBe("e");
    expect(await models.json()).toHaveProperty("models");
    expect(await (await fetch(`${upstream.url}/v1/files`, { method: "PUT", body: "x" })).text()).toBe(
      "PUT x",
    );
    expect((await fetch(`${upstream.url}/v1/nothing`)).status).toBe(404);
  });

  test("says so when the script throws", async () => {
    const url = await start({
      script: () => {
        throw new Error("oops");
      },
    });
    const { status, text } = await post(url, BODY);
    expect(status).toBe(500);
    expect(text).toContain("oops");
  });

  test("close() leaves no connection and frees the port", async () => {
    const url = await start({ script: [{ events: ANSWER, fault: { kind: "stall", after: 1 } }] });
    const { finish } = await startPost(url, BODY);
    expect(upstream.connections).toEqual({ total: 1, open: 1 });
    const { port } = upstream;
    await upstream.close();
    expect((await finish()).error).toBeDefined();
    expect(upstream.connections).toEqual({ total: 1, open: 0 });
    upstream = await simulatedUpstream({ script: [ANSWER], port });
    expect((await post(`${upstream.url}/v1/responses`, BODY)).status).toBe(200);
  });
});
