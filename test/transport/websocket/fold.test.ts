import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/reports/turnReport.js";
import { apiError, round, truncatingModel, type SimulatedUpstream } from "../../../src/testing/index.js";
import { ask } from "../support/client.js";
import { startProxy, type ProxySettings } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, parsed, typeOf } from "./support/client.js";
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

async function joined(upstream: SimulatedUpstream, settings: ProxySettings = {}) {
  const { url, proxy } = await startProxy(`${upstream.url}/v1`, settings);
  const reports: Report[] = [];
  proxy.reports$.subscribe((report) => reports.push(report));
  return { url, proxy, reports, client: await connect(url) };
}

function roundText(text: string, tokens = 516): ReturnType<ReturnType<typeof round>["completed"]> {
  return round().reasoning(tokens).message(text).completed();
}

describe("a fold over WebSocket", () => {
  test("is one response, and the hidden answer leaves no trace", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [{ ...CUT, cuts: [516, 1034] }] }) });
    const { client } = await joined(upstream);

    const events = await client.turn(createFrame());

    expect(answerOf(events)).toBe("RIGHT");
    expect(events.filter((text) => text.includes("WRONG"))).toEqual([]);
    expect(events.filter((text) => typeOf(text) === "response.created")).toHaveLength(1);
    expect(events.map((text) => parsed(text)["sequence_number"])).toEqual(events.map((_, i) => i));
    expect(itemsOf(events).map(({ type }) => type)).toEqual([
      "reasoning",
      "reasoning",
      "reasoning",
      "message",
    ]);
    expect(idOf(events)).toBe(idOf(events.slice(0, 1)));
    expect(responseOfLast(events)).toMatchObject({
      output: itemsOf(events),
      metadata: { proxy_rounds: [{ n: 1 }, { n: 2 }, { n: null }] },
    });
    expect(upstream.sockets).toHaveLength(1);
  });

  test("continues with the whole conversation in one frame, every other byte as the client wrote it", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }) });
    const { client } = await joined(upstream);
    const tools = ' [ {"type":"function", "name":"f","parameters":{"maximum":18446744073709551615}} ]';
    const frame = createFrame({ tools: 0 }).replace('"tools":0', `"tools":${tools}`);

    const events = await client.turn(frame);

    const [, continuation] = upstream.frames;
    const body = { ...continuation?.json };
    const thought = itemsOf(events)[0];
    expect(upstream.frames[0]?.text).toBe(frame);
    expect(continuation?.text).toContain(`"tools":${tools}`);
    expect(body).toEqual({
      ...parsed(frame),
      input: [
        userMessage("How many?"),
        { ...thought, id: undefined },
        {
          type: "message",
          role: "assistant",
          phase: "commentary",
          content: [{ type: "output_text", text: "Continue thinking..." }],
        },
      ],
    });
    expect(body["client_metadata"]).toEqual({ turn_id: "turn-1" });
  });

  test("replays reasoning with ids where the client's own items carry ids", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }) });
    const { client } = await joined(upstream);

    const events = await client.turn(createFrame({ input: [{ id: "msg_7", ...userMessage("How many?") }] }));

    const input = upstream.frames[1]?.json?.["input"] as { id?: string }[];
    expect(input[1]?.id).toBe(itemsOf(events)[0]?.["id"]);
  });

  test("does not say stream where the client did not: over WebSocket it goes without saying", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }), backend: "api" });
    const { client } = await joined(upstream);

    await client.turn(createFrame({ stream: undefined }));

    expect(upstream.frames.map(({ json }) => "stream" in (json ?? {}))).toEqual([false, false]);
  });

  test("asks for encrypted reasoning where the client does not, and for nothing else", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }) });
    const { client } = await joined(upstream);
    const frame = createFrame({ include: undefined });

    expect(answerOf(await client.turn(frame))).toBe("RIGHT");
    expect(upstream.frames[0]?.json).toEqual({ ...parsed(frame), include: ["reasoning.encrypted_content"] });
  });
});

describe("the chain after a fold", () => {
  test("goes on incrementally, from the round that was released", async () => {
    const call = (name: string) => (built: ReturnType<typeof round>) =>
      built.functionCall(name, {}, { callId: "c1" });
    const upstream = await simulated({
      script: truncatingModel({
        steps: [
          { cuts: [516], wrong: call("wrong_tool"), right: call("right_tool") },
          CUT,
          { right: "PLAIN" },
        ],
      }),
    });
    const { client } = await joined(upstream);

    const prewarm = await client.turn(createFrame({ generate: false }));
    const first = await client.turn(createFrame({ previous_response_id: idOf(prewarm), input: [] }));
    expect(itemsOf(first).map(({ name }) => name)).toContain("right_tool");

    const delta = createFrame({ previous_response_id: idOf(first), input: [toolOutput("c1", "42")] });
    const second = await client.turn(delta);
    expect(answerOf(second)).toBe("RIGHT");

    const third = await client.turn(
      createFrame({ previous_response_id: idOf(second), input: [userMessage("and now?")] }),
    );
    expect(answerOf(third)).toBe("PLAIN");

    expect(upstream.requests).toHaveLength(5);
    const released = upstream.requests[1]?.responseId;
    expect(upstream.requests[2]?.text).toBe(delta.replace(idOf(first), String(released)));
    // The second fold's continuation has the whole conversation, as the upstream got it: prewarmed input, the first
    // fold's thoughts with the nudge between them, the call, its output.
    const types = upstream.requests[3]?.input.map((item) => item["type"]);
    expect(types).toEqual([
      "message",
      "reasoning",
      "message",
      "reasoning",
      "function_call",
      "function_call_output",
      "reasoning",
      "message",
    ]);
    expect(upstream.requests[4]?.input).toHaveLength(1);
  });

  test("after a continuation that failed, the next frame stands on its own, and the one after is a delta again", async () => {
    const upstream = await simulated({
      script: [
        roundText("HELD"),
        apiError(500, { message: "overloaded" }),
        roundText("NEXT", 100),
        roundText("LAST", 100),
      ],
    });
    const { client } = await joined(upstream);

    const first = await client.turn(createFrame());
    expect(answerOf(first)).toBe("HELD");
    expect(responseOfLast(first)["metadata"]).toMatchObject({ proxy_stopped_reason: "continuation_failed" });
    expect(first.map(typeOf)).not.toContain("error");

    const second = await client.turn(
      createFrame({ previous_response_id: idOf(first), input: [userMessage("go on")] }),
    );
    expect(answerOf(second)).toBe("NEXT");
    expect(upstream.requests[2]?.body).not.toHaveProperty("previous_response_id");
    expect(upstream.requests[2]?.input.map((item) => item["type"])).toEqual([
      "message",
      "reasoning",
      "message",
      "message",
    ]);

    const delta = createFrame({ previous_response_id: idOf(second), input: [userMessage("on")] });
    expect(answerOf(await client.turn(delta))).toBe("LAST");
    expect(upstream.requests[3]?.text).toBe(delta);
  });

  test("a rebuilt frame can be folded, too", async () => {
    const upstream = await simulated({
      script: [roundText("HELD"), apiError(500, {}), roundText("WRONG"), roundText("RIGHT", 300)],
    });
    const { client } = await joined(upstream);
    const first = await client.turn(createFrame());

    const second = await client.turn(
      createFrame({ previous_response_id: idOf(first), input: [userMessage("go on")] }),
    );

    expect(answerOf(second)).toBe("RIGHT");
    expect(upstream.requests[3]?.input).toHaveLength(6);
  });

  test("a stored fold is known over HTTP by the round that was released", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }), backend: "api" });
    const { client, url } = await joined(upstream);

    const events = await client.turn(createFrame({ store: true }));
    const { text } = await ask(url, { path: `/v1/responses/${idOf(events)}` });

    expect(parsed(text)["id"]).toBe(upstream.requests[1]?.responseId);
  });
});

describe("what cannot be known is not folded", () => {
  test("a stored response of another connection; the log says why", async () => {
    const upstream = await simulated({ script: [roundText("ONE", 100), roundText("CUT")], backend: "api" });
    const { client, url, reports } = await joined(upstream);
    const first = await client.turn(createFrame({ store: true }));

    const other = await connect(url);
    const second = await other.turn(createFrame({ store: true, previous_response_id: idOf(first) }));

    expect(answerOf(second)).toBe("CUT");
    expect(upstream.requests).toHaveLength(2);
    expect(turnStops(reports)).toEqual(["natural", "history_unknown"]);
  });

  test("a conversation", async () => {
    const upstream = await simulated({ script: [roundText("CUT")] });
    const { client, reports } = await joined(upstream);

    await client.turn(createFrame({ conversation: "conv_1" }));

    expect(turnStops(reports)).toEqual(["conversation"]);
  });

  test("a connection whose history passed its limit; it is said once", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT, CUT, CUT] }) });
    const { client, reports } = await joined(upstream, { limits: { historyBytes: 10_000 } });

    const first = await client.turn(createFrame());
    const second = await client.turn(
      createFrame({ previous_response_id: idOf(first), input: [userMessage("x".repeat(5000))] }),
    );
    const third = await client.turn(
      createFrame({ previous_response_id: idOf(second), input: [userMessage("and?")] }),
    );

    expect([first, second, third].map(answerOf)).toEqual(["RIGHT", "RIGHT", "WRONG"]);
    expect(turnStops(reports)).toEqual(["natural", "natural", "history_unknown"]);
    expect(reports.filter(({ kind }) => kind === "notice")).toEqual([
      {
        kind: "notice",
        level: "warn",
        text: expect.stringContaining("--max-history-bytes (10000)") as string,
      },
    ]);
  });

  test("one that leaves no room for a continuation's frame: it streams live, and is told once", async () => {
    const upstream = await simulated({ script: [roundText("CUT"), roundText("CUT AGAIN")] });
    const { client, reports } = await joined(upstream, { limits: { upstreamFrameBytes: 4000 } });

    const first = await client.turn(createFrame());
    await client.turn(createFrame({ previous_response_id: idOf(first) }));

    expect(answerOf(first)).toBe("CUT");
    expect(responseOfLast(first)["metadata"]).toMatchObject({ proxy_stopped_reason: "frame_limit" });
    expect(upstream.requests).toHaveLength(2);
    expect(turnStops(reports)).toEqual(["frame_limit", "frame_limit"]);
    expect(reports.flatMap((report) => (report.kind === "round" ? [report.report.held] : []))).toEqual([
      [],
      [],
    ]);
    const notices = reports.flatMap((report) => (report.kind === "notice" ? [report] : []));
    expect(notices.map(({ level, text }) => [level, text.includes("frame_limit")])).toEqual([
      ["info", true],
      ["debug", true],
    ]);
  });

  test("thinking too large for a continuation's frame; one that just fits is continued", async () => {
    const cut = round().reasoning({ tokens: 516, bytes: 20_009 }).message("CUT").completed();
    const script = [cut, roundText("RIGHT", 300)];
    const probe = await simulated({ script });
    const free = await joined(probe);
    await free.client.turn(createFrame());
    const size = Buffer.byteLength(probe.requests[1]?.text ?? "");

    const stopped = async (upstreamFrameBytes: number): Promise<string> => {
      const upstream = await simulated({ script });
      const { client, reports } = await joined(upstream, { limits: { upstreamFrameBytes } });
      const answer = answerOf(await client.turn(createFrame()));
      for (const { text } of upstream.requests)
        expect(Buffer.byteLength(text)).toBeLessThan(upstreamFrameBytes);
      return `${answer} ${turnStops(reports).join()}`;
    };

    expect(await stopped(size)).toBe("CUT frame_limit");
    expect(await stopped(size + 100)).toBe("RIGHT natural");
  });

  test("a model that was not selected keeps no history for one that is", async () => {
    const upstream = await simulated({ script: [roundText("ONE", 100), roundText("CUT")] });
    const { client, reports } = await joined(upstream, { fold: { models: ["gpt-5.5"] } });

    const first = await client.turn(createFrame({ model: "gpt-5.4-mini" }));
    await client.turn(createFrame({ previous_response_id: idOf(first) }));

    expect(turnStops(reports)).toEqual(["natural", "history_unknown"]);
  });
});

describe("events outside the output", () => {
  test("are not held, neither while output is nor in hidden rounds", async () => {
    const limits = (used: number) => ({
      type: "codex.rate_limits",
      rate_limits: { primary: { used_percent: used } },
    });
    const state = { type: "response.metadata", headers: { "x-codex-turn-state": "s" } };
    let release = (): void => {};
    const gate = { open: new Promise<void>((resolve) => (release = resolve)) };
    const stopBeforeEnd = ({ text }: { text: string }) =>
      text.includes('"response.completed"') ? gate.open : undefined;
    const upstream = await simulated({
      script: [
        {
          events: round().reasoning(516).message("WRONG").event(limits(1)).event(state).completed(),
          before: stopBeforeEnd,
        },
        {
          events: round().reasoning(10).message("RIGHT").event(limits(2)).completed(),
          before: stopBeforeEnd,
        },
      ],
    });
    const { client } = await joined(upstream);

    client.send(createFrame());
    const held = await client.until("response.metadata");
    expect(held.slice(-2)).toEqual([JSON.stringify(limits(1)), JSON.stringify(state)]);
    expect(answerOf(held)).toBe("");
    release();
    gate.open = new Promise<void>((resolve) => (release = resolve));
    const hidden = await client.until("codex.rate_limits");
    expect(hidden.at(-1)).toBe(JSON.stringify(limits(2)));
    release();

    await client.until("response.completed");
    expect(answerOf(client.received)).toBe("RIGHT");
  });
});

function turnStops(reports: readonly Report[]): string[] {
  return reports.flatMap((report) => (report.kind === "turn" ? [report.report.stop] : []));
}
