import { NO_THINKING } from "../../src/protocol/liveOutput.js";
import { describe, expect, test } from "vitest";
import { continuationBody, itemText, replayItems } from "../../src/protocol/continuation.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { readRequest } from "../../src/protocol/request.js";
import { final, type RoundEnd } from "../../src/protocol/signals.js";
import {
  delta,
  functionCall,
  itemAdded,
  itemDone,
  message,
  reasoning,
  webSearch,
} from "../../src/testing/events.js";

const NUDGE = "Continue thinking...";
const NUDGE_ITEM = JSON.stringify({
  type: "message",
  role: "assistant",
  phase: "commentary",
  content: [{ type: "output_text", text: NUDGE }],
});
const INCLUDE = '"include":["reasoning.encrypted_content"]';

/** A finished round, as far as its continuation depends on it. */
function roundEnd(shown: readonly ResponseEvent[], held: readonly ResponseEvent[] = []): RoundEnd {
  return {
    kind: "round_end",
    round: 1,
    verdict: final("natural"),
    tier: 1,
    terminal: undefined,
    failure: undefined,
    usage: undefined,
    answered: true,
    thinking: NO_THINKING,
    shown,
    held,
  };
}

const body = (text: string, ...rounds: RoundEnd[]) => continuationBody(readRequest(text), rounds, NUDGE);
const inputOf = (text: string): unknown => (JSON.parse(text) as { input: unknown }).input;

test("the nudge is one commentary message of the assistant", () => {
  expect(JSON.parse(NUDGE_ITEM)).toEqual({
    type: "message",
    role: "assistant",
    phase: "commentary",
    content: [{ type: "output_text", text: NUDGE }],
  });
});

describe("continuationBody", () => {
  const USER = { type: "message", role: "user", content: "how many?" };
  const thought = itemDone(reasoning("rs_1"));

  test("is the client's input, the thinking and one nudge", () => {
    const text = JSON.stringify({ input: [{ ...USER, id: "msg_0" }], stream: true });

    expect(inputOf(body(text, roundEnd([thought])))).toEqual([
      { ...USER, id: "msg_0" },
      reasoning("rs_1"),
      JSON.parse(NUDGE_ITEM),
    ]);
  });

  test("leaves every other byte of the client's body", () => {
    const tools = '[ {"name":"f", "parameters":{"maximum":9007199254740993, "x": 1.0, "10":1, "2":2}} ]';
    const head = `{ "model" : "gpt-5.5",\n "tools": ${tools}, "instructions":"\\u00e9\\/", "input": `;
    const tail = `, "metadata":{"seed":18446744073709551615}, "stream": true, ${INCLUDE} }`;
    const item = '{"type":"message", "role":"user" ,"content":"\\u0041", "n":12345678901234567890}';

    expect(body(`${head}[ ${item} ]${tail}`, roundEnd([]))).toBe(`${head}[${item},${NUDGE_ITEM}]${tail}`);
  });

  test("replays reasoning as the text it came as, unknown fields and big numbers included", () => {
    const item =
      '{ "id":"rs_1", "type":"reasoning","encrypted_content":"gAAAAA","n":9007199254740993,"x":1.0 }';
    const done = responseEvent(`{"type":"response.output_item.done","item":${item},"output_index":0}`);

    expect(body('{"input":[{"id":"msg_0"}]}', roundEnd([done]))).toContain(`,${item},`);
  });

  test("a plain string becomes one user message", () => {
    const text = JSON.stringify({ input: 'say "29"\n' });

    expect(inputOf(body(text, roundEnd([])))).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: 'say "29"\n' }] },
      JSON.parse(NUDGE_ITEM),
    ]);
  });

  test("reasoning goes without id when none of the client's items carries one", () => {
    const [, replayed] = inputOf(body(JSON.stringify({ input: [USER] }), roundEnd([thought]))) as object[];

    expect(replayed).toEqual({ type: "reasoning", summary: [], encrypted_content: "gAAAAA-rs_1" });
  });

  test("with ids when any of the client's items carries one", () => {
    const input = [USER, { type: "reasoning", id: "rs_0" }, USER];

    expect(inputOf(body(JSON.stringify({ input }), roundEnd([thought])))).toContainEqual(reasoning("rs_1"));
  });

  test("without id for a plain string as well", () => {
    expect(body('{"input":"hi"}', roundEnd([thought]))).not.toContain('"rs_1"');
  });

  test("dropping the id keeps the rest of the item as it was", () => {
    const item = '{"type":"reasoning", "id":"rs_1", "encrypted_content":"gAAAAA", "n":9007199254740993 }';
    const done = responseEvent(`{"type":"response.output_item.done","item":${item},"output_index":0}`);

    expect(body('{"input":[]}', roundEnd([done]))).toContain(item.replace(', "id":"rs_1"', ""));
  });

  test("an id deeper inside an item is not its id", () => {
    const search = webSearch({ action: { id: "deep" } });
    const input = [{ ...USER, content: [{ id: "part" }] }];
    const text = body(JSON.stringify({ input }), roundEnd([itemDone(search)]));

    expect(inputOf(text)).toContainEqual({
      type: "web_search_call",
      status: "completed",
      action: { id: "deep" },
    });
  });

  test("hosted tools stay in their place between the reasoning items", () => {
    const shown = [itemDone(reasoning("rs_1")), itemDone(webSearch()), itemDone(reasoning("rs_2"))];

    expect(inputOf(body('{"input":[{"id":"m"}]}', roundEnd(shown)))).toEqual([
      { id: "m" },
      reasoning("rs_1"),
      webSearch(),
      reasoning("rs_2"),
      JSON.parse(NUDGE_ITEM),
    ]);
  });

  test("rounds follow each other, each with its nudge: a continuation begins with the input of the one before", () => {
    const rounds = [roundEnd([itemDone(reasoning("rs_1"))]), roundEnd([itemDone(reasoning("rs_2"))])];

    expect(inputOf(body('{"input":[{"id":"m"}]}', ...rounds))).toEqual([
      { id: "m" },
      reasoning("rs_1"),
      JSON.parse(NUDGE_ITEM),
      reasoning("rs_2"),
      JSON.parse(NUDGE_ITEM),
    ]);
  });

  test("a stalled round adds nothing but another nudge", () => {
    const rounds = [roundEnd([thought]), roundEnd([])];

    expect(inputOf(body('{"input":[{"id":"m"}]}', ...rounds))).toEqual([
      { id: "m" },
      reasoning("rs_1"),
      JSON.parse(NUDGE_ITEM),
      JSON.parse(NUDGE_ITEM),
    ]);
  });

  test("a nudge of the user's own is asked about the round that it follows", () => {
    const stalled = {
      ...roundEnd([]),
      round: 2,
      verdict: { action: "continue", reason: "stalled" },
    } as const;
    const nudge = ({ round, reason }: { round: number; reason: string }) => `${round} ${reason}`;

    const text = continuationBody(readRequest('{"input":[]}'), [roundEnd([]), stalled], nudge);

    expect(inputOf(text)).toMatchObject([
      { content: [{ text: "2 natural" }] },
      { content: [{ text: "3 stalled" }] },
    ]);
  });

  test("ids go as the conversation has them, whatever this input says", () => {
    const request = { ...readRequest('{"input":[{"id":"m"}]}'), itemIds: false };

    expect(continuationBody(request, [roundEnd([thought])], NUDGE)).not.toContain('"id":"rs_1"');
  });

  test("previous_response_id stays: the same context", () => {
    const text = `{"previous_response_id":"resp_0","input":[],"stream":true,${INCLUDE}}`;

    expect(body(text, roundEnd([]))).toBe(text.replace("[]", `[${NUDGE_ITEM}]`));
  });

  test("streams, whatever the client's body says", () => {
    expect(JSON.parse(body('{"input":[]}', roundEnd([])))).toMatchObject({ stream: true });
    expect(JSON.parse(body('{"input":[],"stream":false}', roundEnd([])))).toMatchObject({ stream: true });
  });

  test("does not stream where the client's request does not", () => {
    const request = { ...readRequest('{"input":[],"stream":false}'), unstreamed: true };
    expect(JSON.parse(continuationBody(request, [roundEnd([])], NUDGE))).toMatchObject({ stream: false });
  });

  test("asks for encrypted reasoning beside what the client asked for", () => {
    const text = '{"input":[],"include":["file_search_call.results"]}';

    expect(JSON.parse(body(text, roundEnd([])))).toMatchObject({
      include: ["file_search_call.results", "reasoning.encrypted_content"],
    });
    expect(JSON.parse(body('{"input":[]}', roundEnd([])))).toMatchObject({
      include: ["reasoning.encrypted_content"],
    });
  });

  test("a body without input gets one", () => {
    expect(inputOf(body('{"prompt":{"id":"p"}}', roundEnd([thought])))).toHaveLength(2);
  });

  test("is built on the whole conversation where the client sent an increment", () => {
    const increment = readRequest('{"input":[{"id":"b"}],"previous_response_id":"resp_0"}');
    const request = { ...increment, earlierInput: () => '{"id":"a"}' };

    const text = continuationBody(request, [roundEnd([thought])], NUDGE);

    expect(inputOf(text)).toEqual([{ id: "a" }, { id: "b" }, reasoning("rs_1"), JSON.parse(NUDGE_ITEM)]);
    expect(text).not.toContain("previous_response_id");
  });

  test("is built on the whole conversation where the increment is a plain string, or nothing", () => {
    const asked = (text: string) => ({
      ...readRequest(text),
      earlierInput: () => '{"id":"a"}',
      itemIds: true,
    });
    const input = (text: string) => inputOf(continuationBody(asked(text), [roundEnd([thought])], NUDGE));
    const added = [reasoning("rs_1"), JSON.parse(NUDGE_ITEM)] as const;

    expect(input('{"input":"And then?"}')).toEqual([
      { id: "a" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "And then?" }] },
      ...added,
    ]);
    expect(input('{"input":[]}')).toEqual([{ id: "a" }, ...added]);
  });
});

describe("replayItems", () => {
  const texts = (...items: object[]) => items.map((item) => JSON.stringify(item));

  test("takes thinking that waited behind a discarded answer, and not the answer", () => {
    const end = roundEnd(
      [itemDone(reasoning("rs_1"))],
      [
        itemAdded(message("29"), { output_index: 1 }),
        delta("29", { output_index: 1 }),
        itemDone(message("29"), { output_index: 1 }),
        itemDone(reasoning("rs_2"), { output_index: 2 }),
        itemDone(functionCall("shell"), { output_index: 3 }),
      ],
    );

    expect(replayItems(end)).toEqual(texts(reasoning("rs_1"), reasoning("rs_2")));
  });

  test("keeps a message that went out, in its place", () => {
    const shown = [itemDone(reasoning("rs_1")), itemDone(message("so far"), { output_index: 1 })];
    const held = [itemDone(reasoning("rs_2"), { output_index: 2 })];

    expect(replayItems(roundEnd(shown, held))).toEqual(
      texts(reasoning("rs_1"), message("so far"), reasoning("rs_2")),
    );
  });

  test.each([undefined, null, ""])("leaves out reasoning with encrypted content %j", (encrypted_content) => {
    expect(replayItems(roundEnd([itemDone(reasoning("rs_1", { encrypted_content }))]))).toEqual([]);
  });

  test("leaves out what cannot be read", () => {
    const cut = responseEvent('{"type":"response.output_item.done","item":{"type":"mess');
    expect(replayItems(roundEnd([cut, itemDone(reasoning("rs_1"))]))).toEqual(texts(reasoning("rs_1")));
  });

  test("takes the encrypted content of the done event, never the early one of added", () => {
    const added = itemAdded(reasoning("rs_1", { encrypted_content: "early" }), { output_index: 1 });
    const done = itemDone(reasoning("rs_1", { encrypted_content: "whole" }), { output_index: 1 });
    const end = roundEnd([], [itemDone(message("29")), added, done]);

    expect(replayItems(end)).toEqual(texts(reasoning("rs_1", { encrypted_content: "whole" })));
  });
});

test("itemText is the item's own text", () => {
  expect(itemText(responseEvent('{"type":"response.output_item.done", "item" : { "n":1.0 } }'))).toBe(
    '{ "n":1.0 }',
  );
  // A list of items stays JSON.
  expect(itemText(responseEvent('{"type":"response.output_item.done"}'))).toBe("null");
});
