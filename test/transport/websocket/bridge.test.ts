import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/reports/turnReport.js";
import {
  apiError,
  round,
  truncatingModel,
  type SimulatedUpstreamOptions,
} from "../../../src/testing/index.js";
import { ask } from "../support/client.js";
import { startProxy, type ProxySettings } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, parsed, typeOf, type Connecting } from "./support/client.js";
import {
  answerOf,
  createFrame,
  idOf,
  itemsOf,
  responseOfLast,
  toolOutput,
  userMessage,
} from "./support/frames.js";

const CUT = { cuts: [516], wrong: "WRONG", right: "RIGHT" } as const;

async function bridged(
  options: SimulatedUpstreamOptions,
  { settings, client = {} }: { settings?: ProxySettings; client?: Connecting } = {},
) {
  const upstream = await simulated(options);
  const { url, proxy } = await startProxy(`${upstream.url}/v1`, { upstreamTransport: "sse", ...settings });
  const reports: Report[] = [];
  proxy.reports$.subscribe((report) => reports.push(report));
  return { upstream, url, proxy, reports, client: await connect(url, client) };
}

const notFound = (id: string) => ({
  type: "error",
  status: 400,
  error: {
    type: "invalid_request_error",
    code: "previous_response_not_found",
    message: `Previous response with id '${id}' not found.`,
    param: "previous_response_id",
  },
  headers: {},
});

describe("a turn becomes a POST", () => {
  test("the frame's body to the letter, without what belongs to WebSocket", async () => {
    const { client, upstream } = await bridged({
      script: [round().message("hi").completed()],
      backend: "chatgpt",
    });
    const fields = '"n":18446744073709551615 , "s":"\\u00e9🎉"';
    const frame = createFrame({ stream_id: "a", stream: undefined }).replace(/\}$/, `,${fields}}`);

    await client.turn(frame);

    const { text = "", body, method, url } = upstream.requests[0] ?? {};
    const { type: _type, stream_id: _lane, ...rest } = parsed(frame);
    expect([method, url]).toEqual(["POST", "/v1/responses"]);
    expect(body).toEqual({ ...rest, stream: true });
    expect(text).toContain(fields);
    expect(upstream.calls.filter(({ isUpgrade }) => isUpgrade)).toEqual([]);
  });

  test("with the handshake's headers, but for those of the handshake itself", async () => {
    const { client, upstream } = await bridged(
      { script: [round().message("hi").completed()] },
      {
        client: {
          headers: {
            authorization: "Bearer t",
            "chatgpt-account-id": "account-1",
            "openai-beta": "responses_websockets=2026-02-06, responses_multi_agent=v1",
            "x-codex-turn-metadata": '{"request_kind":"prewarm"}',
            "x-codex-turn-state": "of another turn",
            "session-id": "s",
          },
        },
      },
    );

    await client.turn(
      createFrame({
        client_metadata: {
          "x-codex-turn-metadata": '{"request_kind":"turn"}',
          "x-codex-ws-only": "1",
          turn_id: "t",
        },
      }),
    );

    expect(upstream.requests[0]?.headers).toMatchObject({
      authorization: "Bearer t",
      "chatgpt-account-id": "account-1",
      "openai-beta": "responses_multi_agent=v1",
      "x-codex-turn-metadata": '{"request_kind":"turn"}',
      "session-id": "s",
      "content-type": "application/json",
      accept: "text/event-stream",
    });
    const names = Object.keys(upstream.requests[0]?.headers ?? {});
    expect(names.filter((name) => /^(sec-|upgrade|x-codex-turn-state|x-codex-ws)/.test(name))).toEqual([]);
  });

  test("of one round: the upstream's events as they are", async () => {
    const events = [
      ...round().reasoning(100).message("Grüße 🎉").cut(),
      '{ "type" : "response.future" , "n" : 12345678901234567890 }',
      '{"type":"response.completed","response":{"id":"resp_9","x":1.0}}',
    ];
    const { client } = await bridged({
      script: [
        { events, framing: { done: true, lineEnd: "\r\n" } },
        [...round().message("next").completed()],
      ],
    });

    expect(await client.turn(createFrame())).toEqual(events);
    // Neither [DONE] nor anything else comes between.
    expect(answerOf(await client.turn(createFrame()))).toBe("next");
  });

  test("that is cut is folded", async () => {
    const { client, upstream, reports } = await bridged({ script: truncatingModel({ steps: [CUT] }) });

    const events = await client.turn(createFrame());

    expect(answerOf(events)).toBe("RIGHT");
    expect(events.filter((text) => text.includes("WRONG"))).toEqual([]);
    expect(events.map((text) => parsed(text)["sequence_number"])).toEqual(events.map((_, i) => i));
    expect(upstream.requests).toHaveLength(2);
    expect(reports.find(({ kind }) => kind === "turn")).toMatchObject({ report: { transport: "bridge" } });
  });
});

describe("the conversation is kept here", () => {
  test("a prewarm is answered and never forwarded, and its input comes with the first turn", async () => {
    const { client, upstream, proxy } = await bridged({ script: [round().message("hi").completed()] });
    const prewarm = await client.turn(createFrame({ generate: false, input: [userMessage("be careful")] }));

    expect(prewarm.map(typeOf)).toEqual(["response.created", "response.completed"]);
    expect(responseOfLast(prewarm)).toMatchObject({ status: "completed", model: "gpt-5.5", output: [] });
    expect(upstream.calls).toEqual([]);

    await client.turn(createFrame({ previous_response_id: idOf(prewarm), input: [userMessage("go")] }));
    expect(upstream.requests[0]?.input).toEqual([userMessage("be careful"), userMessage("go")]);
    expect(upstream.requests[0]?.body).not.toHaveProperty("generate");
    expect(proxy.health().counters.turns).toBe(1);
  });

  test("a delta becomes the whole conversation; after a fold, as the upstream got it", async () => {
    const call = (name: string) => (built: ReturnType<typeof round>) =>
      built.functionCall(name, { n: "9007199254740993" }, { callId: "c1" });
    const { client, upstream } = await bridged({
      script: truncatingModel({
        steps: [{ cuts: [516], wrong: call("wrong"), right: call("right") }, { right: "DONE" }],
      }),
    });
    const first = await client.turn(createFrame());
    const output = '{ "type":"function_call_output", "call_id":"c1","output":"42" }';
    const delta = createFrame({ previous_response_id: idOf(first), input: [] });

    const second = await client.turn(delta.replace('"input":[]', `"input":[ ${output} ]`));

    expect(answerOf(second)).toBe("DONE");
    expect(upstream.requests[2]?.input).toEqual([
      ...(upstream.requests[1]?.input ?? []),
      ...itemsOf(first).slice(1),
      toolOutput("c1", "42"),
    ]);
    expect(upstream.requests[2]?.text).toContain(output);
    expect(JSON.stringify(upstream.requests[2]?.input)).not.toContain('"wrong"');
  });

  test("an input that is a string is one message", async () => {
    const { client, upstream } = await bridged({
      script: [round().message("one").completed(), round().message("two").completed()],
    });

    const first = await client.turn(createFrame({ input: "How many?" }));
    await client.turn(createFrame({ previous_response_id: idOf(first), input: "Why?" }));

    expect(upstream.requests[0]?.body["input"]).toBe("How many?");
    expect(upstream.requests[1]?.input).toEqual([
      userMessage("How many?"),
      ...itemsOf(first),
      userMessage("Why?"),
    ]);
  });

  test.each([
    ["observed only", { fold: { mode: "observe" } }],
    ["of a model not selected", { fold: { models: ["none"] } }],
    ["not folded at all", { fold: { mode: "off" } }],
  ] as const)("also where turns are %s", async (_, settings) => {
    const { client, upstream } = await bridged(
      { script: [round().message("one").completed(), round().message("two").completed()] },
      { settings },
    );

    const first = await client.turn(createFrame());
    expect(answerOf(await client.turn(createFrame({ previous_response_id: idOf(first), input: [] })))).toBe(
      "two",
    );
    expect(upstream.requests[1]?.input).toHaveLength(2);
  });

  test("an unknown id is answered as the backend would", async () => {
    const { client, upstream } = await bridged({ script: [] });

    const [text = ""] = await client.turn(createFrame({ previous_response_id: "resp_elsewhere" }));

    expect(parsed(text)).toEqual(notFound("resp_elsewhere"));
    expect(upstream.calls).toEqual([]);
  });

  test.each([
    ["refused", apiError(503, {})],
    ["failed", round().failed()],
    ["incomplete", round().message("half").incomplete()],
  ])("a turn that was %s cannot be gone on from, nor what was before it", async (_, answer) => {
    const { client, upstream } = await bridged({
      script: [round().message("one").completed(), answer, answer],
    });
    const first = await client.turn(createFrame());

    const second = await client.turn(createFrame({ previous_response_id: idOf(first), input: [] }));

    for (const id of [idOf(first), String(responseOfLast(second)?.["id"] ?? "none")]) {
      const [text = ""] = await client.turn(createFrame({ previous_response_id: id, input: [] }));
      expect(parsed(text)).toEqual(notFound(id));
    }
    expect(upstream.requests).toHaveLength(2);
  });

  test("past the limit the client has to send it all; that is said once", async () => {
    const { client, reports } = await bridged(
      { script: truncatingModel({ steps: [{ right: "x".repeat(3000) }, CUT] }) },
      { settings: { limits: { historyBytes: 3000 } } },
    );
    const first = await client.turn(createFrame());
    const history = [userMessage("How many?"), ...itemsOf(first)];

    const [text = ""] = await client.turn(createFrame({ previous_response_id: idOf(first) }));
    const whole = await client.turn(createFrame({ input: [...history, userMessage("Why?")] }));

    expect(parsed(text)).toEqual(notFound(idOf(first)));
    expect(answerOf(whole)).toBe("RIGHT");
    expect(reports.filter(({ kind }) => kind === "notice")).toEqual([
      {
        kind: "notice",
        level: "warn",
        text: expect.stringContaining("--max-history-bytes (3000)") as string,
      },
    ]);
  });

  test("a stored fold is known over HTTP by the round that was released", async () => {
    const { client, upstream, url } = await bridged({
      script: truncatingModel({ steps: [CUT] }),
      backend: "api",
    });

    const events = await client.turn(createFrame({ store: true }));
    const { text } = await ask(url, { path: `/v1/responses/${idOf(events)}` });

    expect(parsed(text)["id"]).toBe(upstream.requests[1]?.responseId);
  });
});

describe("the turn state", () => {
  const states = (upstream: { requests: readonly { headers: Record<string, unknown> }[] }) =>
    upstream.requests.map(({ headers }) => headers["x-codex-turn-state"]);

  test("comes as an event before the response, goes with continuations, and comes back as a header", async () => {
    let posts = 0;
    const model = truncatingModel({ steps: [CUT, { right: "DONE" }] });
    const { client, upstream } = await bridged({
      script: (request) => ({
        events: model(request),
        headers: { "x-codex-turn-state": `state-${++posts}` },
      }),
    });

    const first = await client.turn(createFrame());
    const metadata = { turn_id: "t", "x-codex-turn-state": "state-1" };
    const second = await client.turn(
      createFrame({ previous_response_id: idOf(first), input: [], client_metadata: metadata }),
    );
    const fresh = await client.turn(createFrame());

    expect(first[0]).toBe('{"type":"response.metadata","headers":{"x-codex-turn-state":"state-1"}}');
    expect(typeOf(first[1] ?? "")).toBe("response.created");
    expect(first.slice(1).map(typeOf)).not.toContain("response.metadata");
    expect(second.map(typeOf)).not.toContain("response.metadata");
    expect(states(upstream).slice(0, 4)).toEqual([undefined, "state-1", "state-1", undefined]);
    expect(fresh[0]).toContain("state-4");
    expect(upstream.requests[2]?.body["client_metadata"]).toEqual(metadata);
  });

  test("is not made up", async () => {
    const { client } = await bridged({ script: [round().message("hi").completed()] });

    expect((await client.turn(createFrame())).map(typeOf)).not.toContain("response.metadata");
  });
});

describe("lanes", () => {
  test("run side by side, each event with its lane's name, prewarms and errors too", async () => {
    const { client } = await bridged(
      {
        script: ({ body }) => ({
          events: round()
            .reasoning(516)
            .message(`hi ${String(body["prompt_cache_key"])}`)
            .completed(),
          delayMs: 1,
        }),
      },
      { settings: { fold: { maxContinue: 1 } } },
    );

    client.send(createFrame({ stream_id: "a", prompt_cache_key: "A" }));
    client.send(createFrame({ stream_id: "b", prompt_cache_key: "B" }));
    client.send(createFrame({ stream_id: "c", generate: false }));
    client.send(createFrame({ stream_id: "d", previous_response_id: "resp_x" }));
    const ends = ["response.completed", "error"];
    for (let i = 0; i < 4; i++) await client.until(...ends);

    const of = (lane: string) => client.received.filter((text) => parsed(text)["stream_id"] === lane);
    expect(answerOf(of("a"))).toBe("hi A");
    expect(answerOf(of("b"))).toBe("hi B");
    expect(of("c").map(typeOf)).toEqual(["response.created", "response.completed"]);
    expect(of("d").map(typeOf)).toEqual(["error"]);
    expect(["a", "b", "c", "d"].flatMap(of)).toHaveLength(client.received.length);
    const order = client.received
      .map((text) => parsed(text)["stream_id"])
      .filter((lane, i, all) => lane !== all[i - 1]);
    expect(order.length).toBeGreaterThan(6);
  });

  test("a frame waits for the one before it in its lane", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { client, upstream } = await bridged({
      script: ({ number }) => ({
        events: round().message(`hi ${number}`).completed(),
        before: ({ index }) => (number === 1 && index === 2 ? gate : undefined),
      }),
    });

    client.send(createFrame());
    client.send(createFrame());
    await client.until("response.in_progress");
    expect(upstream.requests).toHaveLength(1);
    go();

    expect(answerOf(await client.until("response.completed"))).toBe("hi 1");
    expect(answerOf(await client.until("response.completed"))).toBe("hi 2");
  });
});

describe("frames that are no turns", () => {
  test("pings are answered; what means nothing to a POST is dropped", async () => {
    const { client, upstream } = await bridged({ script: [round().message("hi").completed()] });
    const pong = once(client.socket, "pong");

    client.socket.ping("still there?");
    client.send('{"type":"response.processed","response_id":"resp_1"}');
    client.send('{"type":"response.future"}');
    client.socket.send(Buffer.from([1, 2, 3]));

    expect(String(await pong)).toBe("still there?");
    expect(answerOf(await client.turn(createFrame()))).toBe("hi");
    expect(upstream.calls).toHaveLength(1);
  });

  test("steering is refused in the API's words", async () => {
    const { client } = await bridged({ script: [] });
    const input = '[ {"role":"user","content":"shorter"} ]';

    client.send(`{"type":"response.steer","previous_response_id":"resp_1","input":${input}}`);

    const text = await client.next();
    expect(parsed(text)).toMatchObject({
      type: "response.steer.failed",
      error: { code: "steering_not_supported" },
      steer: { previous_response_id: "resp_1" },
    });
    expect(text).toContain(input);
  });

  test("text that is no JSON object is refused", async () => {
    const { client } = await bridged({ script: [] });

    client.send('{"type":"response.create",');

    expect(parsed(await client.next())).toMatchObject({ type: "error", status: 400 });
  });
});

describe("a client that leaves", () => {
  test("takes the POST with it", async () => {
    let go = (): void => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    const { client, upstream, reports } = await bridged({
      script: [
        {
          events: round().reasoning(516).message("WRONG").completed(),
          before: ({ text }) => {
            if (!text.includes('"response.output_text.delta"')) return undefined;
            go();
            return new Promise(() => {});
          },
        },
      ],
    });
    client.send(createFrame());
    await held;

    client.tcp.destroy();

    expect(await upstream.requests[0]?.settled).toBe("aborted");
    expect(reports.find(({ kind }) => kind === "turn")).toMatchObject({ report: { outcome: "aborted" } });
  });
});
