import { describe, expect, test } from "vitest";
import { readHar } from "../../../src/recordings/load/har.js";
import type { Recording } from "../../../src/recordings/recording.js";
import { frame } from "../../../src/protocol/frame.js";
import { responseEvent, type JsonObject } from "../../../src/protocol/event.js";
import { round } from "../../../src/testing/index.js";
import { turnBody } from "../../transport/support/turns.js";
import { replayed, textsOf } from "../support.js";

const cut = round().reasoning(516).message("WRONG").completed();
const right = round().reasoning(300).message("RIGHT – 最坏").completed();
const sse = (events: readonly string[]): string => events.map((text) => frame(responseEvent(text))).join("");

/** An entry as browsers write it. */
function entry(body: string, content: JsonObject, response: JsonObject = {}): JsonObject {
  return {
    startedDateTime: "2026-11-22T19:00:00.000Z",
    request: {
      method: "POST",
      url: "https://api.openai.com/v1/responses?x=1",
      headers: [{ name: "Authorization", value: "Bearer CR3DENTIAL" }],
      postData: { mimeType: "application/json", text: body },
    },
    response: {
      status: 200,
      headers: [
        { name: "content-type", value: "text/event-stream" },
        { name: "set-cookie", value: "CR3DENTIAL" },
      ],
      content,
      ...response,
    },
  };
}

const har = (...entries: JsonObject[]): string => JSON.stringify({ log: { version: "1.2", entries } });
const text = (events: readonly string[]): JsonObject => ({
  mimeType: "text/event-stream",
  text: sse(events),
});

const NUDGED = turnBody({
  input: [
    { type: "message", role: "user", content: [] },
    { type: "message", role: "assistant", phase: "commentary", content: [] },
  ],
});

const answer = async (recording: Recording | undefined): Promise<string> =>
  (await replayed(recording as Recording)).events.map(({ data }) => data).join("\n");

describe("a HAR file", () => {
  test("has the POSTs of responses; continuations are rounds of the turn before them", async () => {
    const base64 = { text: Buffer.from(sse(right)).toString("base64"), encoding: "base64" };
    const page = { request: { method: "GET", url: "https://example.org/" }, response: { status: 200 } };
    const file = har(
      page,
      entry(turnBody(), text(cut)),
      entry(NUDGED, base64),
      entry(turnBody(), text(right)),
    );
    const [first, second, ...others] = readHar(file, "x.har");

    expect(others).toEqual([]);
    expect(first).toMatchObject({ name: "x.har#1", source: "har", request: turnBody(), client: undefined });
    expect(first?.rounds.map(textsOf)).toEqual([[...cut], [...right]]);
    expect(await answer(first)).toContain("RIGHT – 最坏");
    expect(second?.rounds.map(textsOf)).toEqual([[...right]]);
    expect(JSON.stringify([first, second])).not.toContain("CR3DENTIAL");
  });

  test("has refusals", async () => {
    const refusal = entry(
      turnBody(),
      { text: '{"error":{}}' },
      { status: 429, headers: [{ name: "Retry-After", value: "7" }] },
    );
    const [only] = readHar(har(refusal), "x.har");
    expect(only?.rounds[0]).toMatchObject({
      head: { status: 429, headers: ["Retry-After", "7"] },
      body: '{"error":{}}',
    });
    expect((await replayed(only as Recording)).how).toBe("refused");
  });

  test("has WebSocket messages with their times, without prewarms", async () => {
    const create = (body: string, more = "") => body.replace("{", `{"type":"response.create",${more}`);
    const messages = [
      { type: "send", time: 100, data: create(turnBody(), '"generate":false,') },
      { type: "receive", time: 101, data: right.at(-1) },
      { type: "send", time: 200, data: create(turnBody()) },
      ...cut.map((data, i) => ({ type: "receive", time: 201 + i, data })),
      { type: "send", time: 300, data: create(NUDGED) },
      ...right.map((data, i) => ({ type: "receive", time: 302 + i, data })),
    ];
    const socket = { request: { method: "GET", url: "wss://x/v1/responses" }, _webSocketMessages: messages };
    const [only, ...others] = readHar(har(socket), "x.har");

    expect(others).toEqual([]);
    expect(only?.rounds.map(textsOf)).toEqual([[...cut], [...right]]);
    expect(only?.rounds[0]?.events.map(({ at }) => at)).toEqual(cut.map((_, i) => 1 + i));
    expect(await answer(only)).toContain("RIGHT");
  });

  test("whose request was not kept is read all the same", async () => {
    const { request, ...rest } = entry("", text(right));
    const [only] = readHar(
      har({ ...rest, request: { ...(request as JsonObject), postData: undefined } }),
      "x.har",
    );
    expect(JSON.parse(only?.request ?? "")).toMatchObject({ model: "gpt-5.5", stream: true });
    expect(await answer(only)).toContain("RIGHT");
  });

  test.each([
    "",
    "[]",
    "{}",
    '{"log":{"entries":[]}}',
    '{"log":{"entries":[null,{},{"request":{"url":"x"}}]}}',
  ])("%j is none, or has none", (content) => {
    expect(() => readHar(content, "x.har")).toThrow(/^x\.har: /);
  });
});
