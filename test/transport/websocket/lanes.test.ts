import { describe, expect, test } from "vitest";
import { round, type UpstreamRequest } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, parsed, typeOf, type Client } from "./support/client.js";
import { answerOf, createFrame, idOf, itemsOf, userMessage } from "./support/frames.js";
import { message, rawSockets } from "./support/upstream.js";

/** Cut at first, right when continued; the answer names the lane. */
function cutOnce({ isContinuation, streamId }: UpstreamRequest) {
  return isContinuation
    ? round().reasoning(300).message(`RIGHT ${streamId}`).completed()
    : round().reasoning(516).message(`WRONG ${streamId}`).completed();
}

async function untilTerminals(client: Client, count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let i = 0; i < count; i++) texts.push(...(await client.until("response.completed")));
  return texts;
}

function laneOf(text: string): unknown {
  return parsed(text)["stream_id"];
}

describe("lanes on one connection", () => {
  test("fold each for itself, with their events interleaved", async () => {
    let arrived = 0;
    let go = (): void => {};
    const all = new Promise<void>((resolve) => (go = resolve));
    const upstream = await simulated({
      script: (request) => ({
        events: cutOnce(request),
        // Both hold their wrong answers at the same time, and then take turns.
        before: ({ text }) => {
          if (request.isContinuation || !text.includes('"response.completed"')) return undefined;
          if (++arrived === 3) go();
          return all;
        },
        delayMs: 1,
      }),
    });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const lanes = ["a", "b", undefined];

    for (const stream_id of lanes) client.send(createFrame({ stream_id }));
    const texts = await untilTerminals(client, 3);

    for (const lane of lanes) {
      const own = texts.filter((text) => laneOf(text) === lane);
      expect(answerOf(own)).toBe(`RIGHT ${lane}`);
      expect(own.map((text) => parsed(text)["sequence_number"])).toEqual(own.map((_, i) => i));
      expect(own.filter((text) => typeOf(text) === "response.created")).toHaveLength(1);
    }
    const order = texts.map(laneOf).filter((lane, i, all) => lane !== all[i - 1]);
    expect(order.length).toBeGreaterThan(6);
    expect(
      upstream.requests
        .filter(({ isContinuation }) => isContinuation)
        .map(({ streamId }) => streamId)
        .sort(),
    ).toEqual([...lanes].sort());
  });

  test("a frame waits for its own lane's fold, and for no other", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const upstream = await simulated({
      script: (request) => ({
        events: cutOnce(request),
        before: ({ index }) => (request.number === 1 && index === 5 ? gate : undefined),
      }),
    });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);

    client.send(createFrame({ stream_id: "a", prompt_cache_key: "1" }));
    client.send(createFrame({ stream_id: "a", prompt_cache_key: "2" }));
    await upstream.request(1);
    client.send(createFrame({ stream_id: "b", prompt_cache_key: "3" }));
    const texts = await client.until("response.completed");
    expect(answerOf(texts)).toBe("RIGHT b");
    go();
    await untilTerminals(client, 2);

    const ofLaneA = upstream.requests.filter(({ streamId }) => streamId === "a");
    expect(ofLaneA.map(({ body, isContinuation }) => [body["prompt_cache_key"], isContinuation])).toEqual([
      ["1", false],
      ["1", true],
      ["2", false],
      ["2", true],
    ]);
  });

  test("a lane may go on from another lane's fold", async () => {
    const upstream = await simulated({ script: cutOnce });
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const first = await client.turn(createFrame({ stream_id: "a" }));

    const fork = { stream_id: "b", previous_response_id: idOf(first), input: [userMessage("why?")] };
    const second = await client.turn(createFrame(fork));

    expect(answerOf(second)).toBe("RIGHT b");
    expect(upstream.requests[2]?.body["previous_response_id"]).toBe(upstream.requests[1]?.responseId);
    expect(itemsOf(second).length).toBe(3);
  });

  test("what belongs to no lane is not held behind one", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const arrived = message(above);
    client.send(createFrame({ stream_id: "a" }));
    await arrived;
    const added = (type: string, index: number) =>
      `{"type":"response.output_item.added","item":{"type":"${type}"},"output_index":${index},"stream_id":"a"}`;
    const [thought, held] = [added("reasoning", 0), added("message", 1)];
    const limit =
      '{"type":"error","status":400,"error":{"code":"websocket_connection_limit_reached","message":"60 minutes"}}';

    for (const text of [thought, held, limit]) above.send(text);
    expect(await client.next()).toBe(thought);
    expect(await client.next()).toBe(limit);
    above.close(1000, "limit");

    expect(await client.closed).toEqual({ code: 1000, reason: "limit" });
    expect(client.received).toEqual([thought, limit, held]);
  });

  test("a stream_id with spaces around it is one, too", async () => {
    const upstream = await rawSockets();
    const { url } = await startProxy(`${upstream.url}/v1`);
    const client = await connect(url);
    const above = await upstream.socket(1);
    const arrived = message(above);
    client.send(createFrame());
    await arrived;
    const stranger = '{"type":"response.completed", "stream_id" : "z", "response":{"id":"resp_z"}}';
    const own = '{"type":"response.completed","response":{"id":"resp_1"}}';

    above.send(stranger);
    above.send(own);
    expect(await untilTerminals(client, 2)).toEqual([stranger, own]);
    const next = message(above);
    client.send(createFrame({ prompt_cache_key: "next" }));
    expect(parsed(await next)["prompt_cache_key"]).toBe("next");
  });
});
