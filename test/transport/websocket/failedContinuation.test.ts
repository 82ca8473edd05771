import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { JsonObject } from "../../../src/protocol/event.js";
import {
  apiError,
  simulatedUpstream,
  truncatingModel,
  type Answer,
  type SimulatedUpstream,
} from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";

const user = (text: string): JsonObject => ({ type: "message", role: "user", content: text });

/** An upstream whose first turn is cut, and whose continuations end otherwise. */
async function upstreamWith(failing: (continuation: Answer) => Answer): Promise<SimulatedUpstream> {
  const model = truncatingModel({ steps: [{ cuts: [516], wrong: "29", right: "21" }, { right: "later" }] });
  const upstream = await simulatedUpstream({
    script: (request) => (request.isContinuation ? failing(model(request)) : model(request)),
  });
  onTestFinished(() => upstream.close());
  return upstream;
}

/** A client's connection through a proxy, and all it heard. */
async function connected(upstream: SimulatedUpstream) {
  const { url } = await startProxy(`${upstream.url}/v1`);
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/responses`);
  onTestFinished(() => socket.terminate());
  const events: JsonObject[] = [];
  socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString()) as JsonObject));
  const closed = once(socket, "close") as Promise<[number]>;
  await once(socket, "open");
  return {
    events,
    closed,
    create(fields: JsonObject): void {
      const include = ["reasoning.encrypted_content"];
      socket.send(
        JSON.stringify({ type: "response.create", model: "gpt-5.5", store: false, include, ...fields }),
      );
    },
    async completed(): Promise<JsonObject> {
      for (;;) {
        const event = events.find(({ type }) => type === "response.completed");
        if (event) return event["response"] as JsonObject;
        await once(socket, "message");
      }
    },
  };
}

test("what was held goes out before the client's connection dies with the upstream's", async () => {
  const upstream = await upstreamWith((continuation) => ({
    events: continuation as readonly string[],
    fault: { kind: "reset", after: 8 },
  }));
  const client = await connected(upstream);

  client.create({ input: [user("How many?")] });

  expect(await client.closed).toEqual([1006, expect.anything()]);
  expect(client.events.filter(({ type }) => type === "response.output_text.done")).toMatchObject([
    { text: "29" },
  ]);
  expect(client.events.at(-1)).toMatchObject({
    type: "response.completed",
    response: { metadata: { proxy_stopped_reason: "continuation_failed" } },
  });
});

test("after a refused continuation the upstream knows nothing to go on from, and gets the whole conversation", async () => {
  const upstream = await upstreamWith(() => apiError(429, { type: "usage_limit_reached" }));
  const client = await connected(upstream);
  client.create({ input: [user("How many?")] });
  const { id } = await client.completed();
  client.events.length = 0;

  client.create({ input: [user("And then?")], previous_response_id: id });

  await client.completed();
  const { body, history } = await upstream.request(3);
  expect(body["previous_response_id"]).toBeUndefined();
  expect(history.map(({ type }) => type)).toEqual(["message", "reasoning", "message", "message"]);
});
