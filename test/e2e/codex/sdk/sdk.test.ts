import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/protocol/event.js";
import { simulatedUpstream, truncatingModel, type UpstreamRequest } from "../../../../src/testing/index.js";
import { proxyProcess } from "../harness/codexcompProcess.js";
import { sdkProgram, type SdkResponse, type SdkTurn } from "./program.js";

const model = () =>
  truncatingModel({
    steps: [
      { cuts: [516], wrong: "29", right: "21", tokens: 300 },
      { cuts: [516, 1034], wrong: "no", right: "yes", tokens: 400 },
    ],
  });

/** The SDK's program, through a proxy. */
async function program(how: "stream" | "create" | "websocket", flags: readonly string[] = []) {
  const upstream = await simulatedUpstream({ script: model() });
  const proxy = await proxyProcess(`${upstream.url}/v1`, flags);
  try {
    return { ...(await sdkProgram(proxy.url, how)), requests: upstream.requests };
  } finally {
    await proxy.stop();
    await upstream.close();
  }
}

test.concurrent("the OpenAI SDK's streaming helper accumulates two folds, and retrieves one", async () => {
  const { turns, retrieved, requests } = await program("stream");

  expectFolds(turns, requests);
  expect(turns.map(({ response }) => response.output_text)).toEqual(["21", "yes"]);
  expect(kinds(requests[2])).toEqual([...FIRST_ROUND, "commentary", "reasoning", "final_answer", "message"]);
  // what is stored is what was released
  expect(retrieved).toMatchObject({
    id: requests[1]?.responseId,
    output: [{ type: "reasoning" }, { type: "message" }],
  });
});

test.concurrent("the OpenAI SDK gets the same of create() as of the streaming helper", async () => {
  const [streamed, created] = await Promise.all([program("stream"), program("create")]);

  expectFolds(created.turns, created.requests);
  expect(created.requests.map(({ body }) => body["stream"])).toEqual(Array(5).fill(undefined));
  expect(created.requests.map(kinds)).toEqual(streamed.requests.map(kinds));
  expect(created.turns.map(({ response }) => comparable(response))).toEqual(
    streamed.turns.map(({ response }) => comparable(response)),
  );
  expect(created.turns.map(({ response }) => response.output_text)).toEqual(["21", "yes"]);
  expect(created.retrieved?.id).toBe(created.requests[1]?.responseId);
});

test.concurrent("the OpenAI SDK's WebSocket client gets two folds on one connection", async () => {
  const { turns, requests } = await program("websocket");

  expectFolds(turns, requests);
  expect(new Set(requests.map(({ connection }) => connection)).size).toBe(1);
  // the second turn goes on from what was released of the first, nudge and all
  expect(kinds(requests[2])).toEqual([...FIRST_ROUND, "commentary", "reasoning", "final_answer", "message"]);
});

test.concurrent("the OpenAI SDK's WebSocket client gets two folds over POST", async () => {
  const { turns, requests } = await program("websocket", ["--upstream-transport", "sse"]);

  expectFolds(turns, requests);
  // the second turn goes on from what the upstream has in its cache
  expect(kinds(requests[2])).toEqual([...FIRST_ROUND, "commentary", "reasoning", "final_answer", "message"]);
});

const FIRST_ROUND = ["message", "reasoning"];

/** The items of the conversation that a request stands for: messages by their phase, others by their type. */
function kinds(request: UpstreamRequest | undefined): unknown[] | undefined {
  return request?.history.map(({ type, phase }) => phase ?? type);
}

/** Without what depends on the time, and on the request's own length, and without what the SDK adds. */
function comparable({ usage, metadata, output, ...response }: SdkResponse): object {
  const { reasoning_tokens } = usage["output_tokens_details"] as JsonObject;
  return {
    ...{ ...response, created_at: 0, completed_at: 0, output_parsed: null },
    ...{ reasoning_tokens, output_tokens: usage["output_tokens"], rounds: metadata?.["proxy_rounds"] },
    output: output.map(({ id, type, phase }) => ({ id, type, phase })),
  };
}

/** What a client is promised of folds, whichever way it asks. */
function expectFolds(turns: readonly SdkTurn[], requests: readonly UpstreamRequest[]): void {
  expect(requests.length).toBe(5);
  const [one, , three] = requests;
  const ends: JsonObject[] = turns.map(({ response }) => ({
    id: response.id,
    output: response.output.map(({ type }) => type),
    reasoning: (response.usage["output_tokens_details"] as JsonObject)["reasoning_tokens"],
    metadata: response.metadata,
  }));
  expect(ends).toMatchObject([
    {
      id: one?.responseId,
      output: ["reasoning", "reasoning", "message"],
      reasoning: 816,
      metadata: {
        proxy_rounds: [
          { round: 1, reasoning_tokens: 516, n: 1 },
          { round: 2, reasoning_tokens: 300, n: null },
        ],
      },
    },
    {
      id: three?.responseId,
      output: ["reasoning", "reasoning", "reasoning", "message"],
      reasoning: 1950,
      metadata: {
        proxy_rounds: [
          { round: 1, reasoning_tokens: 516, n: 1 },
          { round: 2, reasoning_tokens: 1034, n: 2 },
          { round: 3, reasoning_tokens: 400, n: null },
        ],
      },
    },
  ]);
  turns.forEach(expectOneResponse);
}

/** One response: its events (where it streamed) in order, its parts without gaps, its sums right. */
function expectOneResponse({ events, response }: SdkTurn): void {
  if (events.length > 0) expectInOrder({ events, response });

  const { input_tokens, output_tokens, total_tokens } = response.usage as Record<string, number>;
  const rounds = response.metadata?.["proxy_rounds"] as { reasoning_tokens: number }[];
  const reasoning = rounds.reduce((sum, round) => sum + round.reasoning_tokens, 0);
  expect(output_tokens).toBe(reasoning + 1); // and one word
  expect(total_tokens).toBe((input_tokens ?? NaN) + (output_tokens ?? NaN));
}

function expectInOrder({ events, response }: SdkTurn): void {
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === "response.created").length).toBe(1);
  expect(types.at(-1)).toBe("response.completed");
  expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, i) => i));
  const done = events.filter(({ type }) => type === "response.output_item.done");
  expect(done.map((event) => event["output_index"])).toEqual(response.output.map((_, i) => i));
  expect(done.map(({ item }) => (item as JsonObject)["id"])).toEqual(response.output.map(({ id }) => id));
}
