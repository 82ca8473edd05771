import { beforeAll, describe, expect, test } from "vitest";
import "../../src/testing/matchers.js";
import { isItemDone, isTerminal, responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { editJson } from "../../src/protocol/jsonText.js";
import { round } from "../../src/testing/index.js";
import { oneResponseProblems } from "../../src/testing/invariants/oneResponse.js";
import { violations } from "../../src/testing/invariants/violations.js";
import type { WatchedTurn } from "../../src/testing/invariants/watchedTurn.js";
import { lost, watchFold } from "../../src/testing/runFold.js";

const WRONG = round({ id: "resp_1" })
  .reasoning(200)
  .message("Let me see.")
  .reasoning(316)
  .functionCall("shell")
  .event({ type: "codex.rate_limits" })
  .completed({ metadata: { mine: "1" } });
const RIGHT = round({ id: "resp_2" }).reasoning(300).message("21").completed();

let fold: WatchedTurn;
let failed: WatchedTurn;
let natural: WatchedTurn;
let released: WatchedTurn;

beforeAll(async () => {
  fold = await watchFold([WRONG, RIGHT], { hold: "always" });
  failed = await watchFold([WRONG, lost(round({ seed: 2 }).reasoning(300).cut())], { hold: "always" });
  natural = await watchFold([RIGHT]);
  released = await watchFold([WRONG], { maxContinue: 0 });
});

test("nothing is wrong with the turns that the rest of this file spoils", () => {
  for (const turn of [fold, failed, natural, released]) expect(turn).toKeepInvariants();
  for (const { client } of [fold, failed, natural, released]) expect(client).toBeOneResponse();
});

/** The turn with what the client got changed. */
const spoilt = (turn: WatchedTurn, change: (client: ResponseEvent[]) => ResponseEvent[]): WatchedTurn => ({
  ...turn,
  client: change([...turn.client]),
});
const without = (is: (event: ResponseEvent) => boolean) => (client: ResponseEvent[]) =>
  client.filter((event) => event !== client.find(is));
const swapped = (is: (event: ResponseEvent) => boolean) => (client: ResponseEvent[]) => {
  const at = client.findIndex(is);
  return client.toSpliced(at, 2, ...client.slice(at, at + 2).reverse());
};
const edited =
  (is: (event: ResponseEvent) => boolean, path: string[], raw: string | undefined) =>
  (client: ResponseEvent[]) => {
    const event = client.find(is);
    return client.map((other) =>
      other === event ? responseEvent(editJson(other.data, [{ path, raw }])) : other,
    );
  };
const ofType = (type: string) => (event: ResponseEvent) => event.type === type;
const terminal = ["response"];

describe("violations of a fold", () => {
  const summary = ofType("response.reasoning_summary_text.delta");
  const call = (client: ResponseEvent[]): ResponseEvent[] => {
    const leaked = fold.rounds[0]?.filter(({ data }) => data.includes("fc_")) ?? [];
    return client.toSpliced(-1, 0, ...leaked);
  };

  test.each<[string, number, (client: ResponseEvent[]) => ResponseEvent[]]>([
    ["events in another order", 2, swapped(summary)],
    [
      "the released answer before its thinking",
      2,
      (client) => [
        ...client.slice(0, 2),
        ...client.slice(-8, -1),
        ...client.slice(2, -8),
        ...client.slice(-1),
      ],
    ],
    ["thinking that was lost", 4, without(summary)],
    ["rate limits that were lost", 4, without(ofType("codex.rate_limits"))],
    ["a part of the answer that was lost", 4, without(ofType("response.output_text.delta"))],
    ["no terminal", 7, without(isTerminal)],
    ["a call of the dropped round", 5, call],
    [
      "an event that nobody sent",
      7,
      (client) => client.toSpliced(3, 0, responseEvent('{"type":"response.x"}')),
    ],
    ["an answer twice", 7, (client) => client.toSpliced(-1, 0, ...client.slice(-7, -1))],
    ["changed text", 4, edited(summary, ["delta"], '"other"')],
    ["two response.created", 7, (client) => [...client.slice(0, 1), ...client]],
    ["an event behind the terminal", 7, (client) => [...client, responseEvent("[DONE]")]],
    ["another response id", 7, edited(isTerminal, [...terminal, "id"], '"resp_2"')],
    ["another time", 7, edited(isTerminal, [...terminal, "created_at"], "1")],
    ["another model", 7, edited(isTerminal, [...terminal, "model"], '"other"')],
    ["a number left out", 7, edited(summary, ["sequence_number"], "99")],
    ["a place left out", 7, edited(ofType("response.output_item.added"), ["output_index"], "5")],
    ["an output that misses items", 7, edited(isTerminal, [...terminal, "output"], "[]")],
    ["the last round's own usage", 8, edited(isTerminal, [...terminal, "usage", "input_tokens"], "1")],
    [
      "reasoning of one round only",
      8,
      edited(isTerminal, [...terminal, "usage", "output_tokens_details"], '{"reasoning_tokens":300}'),
    ],
    [
      "no rounds in the metadata",
      8,
      edited(isTerminal, [...terminal, "metadata", "proxy_rounds"], undefined),
    ],
    [
      "another bill",
      8,
      edited(isTerminal, [...terminal, "metadata", "proxy_billed_usage", "total_tokens"], "1"),
    ],
    [
      "a reason where nothing stopped",
      8,
      edited(isTerminal, [...terminal, "metadata", "proxy_stopped_reason"], '"x"'),
    ],
  ])("%s (%i)", (_, invariant, change) => {
    expect(violations(spoilt(fold, change)).map((problem) => problem[0])).toContain(String(invariant));
  });

  test("a continuation of a round that had not completed", () => {
    const [one = [], two = []] = fold.rounds;
    const turn = { ...fold, rounds: [one.slice(0, -1), two] };

    expect(violations(turn)).toContainEqual(expect.stringMatching(/^4: went on from round 1/));
  });

  test("a live message, where none may go live", async () => {
    const small = round().reasoning({ tokens: 516, bytes: 1001 }).message("So far").completed();
    const turn = await watchFold([small, RIGHT], { hold: "adaptive" });

    expect(violations(turn)).toEqual([]);
    expect(violations({ ...turn, liveMessages: false })).toContainEqual(expect.stringMatching(/^5: /));
    const half = spoilt(turn, without(ofType("response.output_text.delta")));
    expect(violations(half)).toContainEqual(expect.stringMatching(/^5: /));
  });
});

describe("violations of a failed continuation", () => {
  test.each<[string, number, (client: ResponseEvent[]) => ResponseEvent[]]>([
    ["an answer that was lost", 4, without((event) => isItemDone(event) && event.data.includes("fc_"))],
    ["a terminal that was invented", 4, edited(isTerminal, ["type"], '"response.incomplete"')],
    ["no reason", 8, edited(isTerminal, [...terminal, "metadata", "proxy_stopped_reason"], undefined)],
    ["another reason", 8, edited(isTerminal, [...terminal, "metadata", "proxy_stopped_reason"], '"natural"')],
  ])("%s (%i)", (_, invariant, change) => {
    expect(violations(spoilt(failed, change)).map((problem) => problem[0])).toContain(String(invariant));
  });
});

describe("violations of a turn of one round", () => {
  test.each<[string, (client: ResponseEvent[]) => ResponseEvent[]]>([
    ["a lost event", without(ofType("response.output_text.delta"))],
    ["another order", swapped(ofType("response.output_text.delta"))],
    ["white space", (client) => client.with(0, responseEvent(` ${client[0]?.data}`))],
    ["metadata", edited(isTerminal, [...terminal, "metadata"], '{"proxy_rounds":[]}')],
    ["one event more", (client) => [...client, responseEvent("[DONE]")]],
    ["events nobody sent", () => []],
  ])("%s", (_, change) => {
    expect(violations(spoilt(natural, change))).toContainEqual(expect.stringMatching(/^1: /));
  });

  test.each<[string, (client: ResponseEvent[]) => ResponseEvent[]]>([
    ["other metadata lost", edited(isTerminal, [...terminal, "metadata", "mine"], undefined)],
    ["another usage", edited(isTerminal, [...terminal, "usage", "input_tokens"], "1")],
    [
      "another bill",
      edited(isTerminal, [...terminal, "metadata", "proxy_billed_usage", "input_tokens"], "1"),
    ],
    ["no reason", edited(isTerminal, [...terminal, "metadata", "proxy_stopped_reason"], undefined)],
  ])("released: %s", (_, change) => {
    expect(violations(spoilt(released, change))).toContainEqual(expect.stringMatching(/^1: /));
  });

  test("another end than the upstream's", () => {
    expect(violations({ ...natural, clientError: new Error("reset") })).toContainEqual(
      expect.stringMatching(/^4: the stream did not end/),
    );
    expect(violations({ ...natural, upstreamError: new Error("reset") })).toContainEqual(
      expect.stringMatching(/^4: the stream did not end/),
    );
  });
});

describe("toBeOneResponse", () => {
  test("is not satisfied by half a response", () => {
    expect(fold.client.slice(0, -1)).not.toBeOneResponse();
    expect([...natural.client, ...natural.client]).not.toBeOneResponse();
    expect([]).not.toBeOneResponse();
  });

  test("says what is wrong, and no content", () => {
    const problems = oneResponseProblems([...natural.client, ...natural.client]);

    expect(problems).toContain("7: 2 terminals");
    expect(() => expect([]).toBeOneResponse()).toThrow("7: 0 response.created");
    expect(problems.join()).not.toContain("21");
  });

  test("of a backend that numbers nothing asks for no numbers", () => {
    const bare = natural.client.map((event) =>
      responseEvent(
        editJson(event.data, [
          { path: ["sequence_number"], raw: undefined },
          { path: ["output_index"], raw: undefined },
        ]),
      ),
    );

    expect(bare).toBeOneResponse();
  });
});
