import { Readable } from "node:stream";
import { NEVER, throwError, type Observable } from "rxjs";
import { describe, expect, test } from "vitest";
import "../src/testing/matchers.js";
import { foldTurn } from "../src/pipeline.js";
import { RoundRejected, UpstreamLost } from "../src/protocol/errors.js";
import { isItemDone, type JsonObject, type ResponseEvent } from "../src/protocol/event.js";
import { DEFAULT_FOLD_OPTIONS } from "../src/protocol/foldOptions.js";
import { readRequest } from "../src/protocol/request.js";
import {
  completed,
  delta,
  inProgress,
  itemAdded,
  itemDone,
  message,
  rateLimits,
  reasoning,
} from "../src/testing/events.js";
import { round } from "../src/testing/index.js";
import { marbles } from "../src/testing/marbles.js";
import {
  eventsOf,
  lost,
  runFold,
  watchFold,
  type RoundSource,
  type RunOptions,
} from "../src/testing/runFold.js";

const WRONG = round({ id: "resp_1" }).reasoning(516).message("wrong: 29").completed();
const RIGHT = round({ id: "resp_2" }).reasoning(300).message("21").completed();
const WRONG_CALL = round({ id: "resp_1" })
  .reasoning(516)
  .functionCall("shell", { command: "rm -r" })
  .completed();
const STALL = round({ seed: 2 }).message("29, as I said").completed();

/** The items that a client takes from a stream, in a few words each. */
function items(events: readonly ResponseEvent[]): string[] {
  return events.filter(isItemDone).map(({ json }) => inBrief(json?.["item"] as JsonObject));
}

function inBrief(item: JsonObject): string {
  const { type, name, content } = item;
  if (type === "message")
    return `message ${(content as { text: string }[]).map(({ text }) => text).join("")}`;
  return typeof name === "string" ? `${String(type)} ${name} ${String(item["arguments"])}` : String(type);
}

const terminalOf = (events: readonly ResponseEvent[]): ResponseEvent | undefined =>
  events.find(({ type }) => /^response\.(completed|failed|incomplete)$|^error$/.test(type));
const responseOf = (events: readonly ResponseEvent[]) => terminalOf(events)?.json?.["response"] as JsonObject;
const metadataOf = (events: readonly ResponseEvent[]) => responseOf(events)["metadata"] as JsonObject;
const inputOf = (body: string | undefined) => (JSON.parse(body ?? "") as { input: JsonObject[] }).input;
/** What deltas made the client show. */
const saidBy = (events: readonly ResponseEvent[]): string =>
  events.map(({ json }) => (typeof json?.["delta"] === "string" ? json["delta"] : "")).join("");

const refused = () =>
  new RoundRejected({ status: 429, statusText: "", headers: [], body: Readable.from(["slow down"]) });

describe("a truncated turn", () => {
  test("is continued, and shown as one response with the right answer", async () => {
    const turn = await watchFold([WRONG, RIGHT]);

    expect(turn).toKeepInvariants();
    expect(turn.client).toBeOneResponse();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message 21"]);
    expect(saidBy(turn.client)).not.toContain("wrong");
    expect(responseOf(turn.client)).toMatchObject({ id: "resp_1", status: "completed" });
  });

  test("replays its thinking and ends the next input with the nudge", async () => {
    const { bodies, rounds } = await watchFold([WRONG, RIGHT]);

    const [user] = inputOf(bodies[0]);
    // the client's own items carry no ids, so neither does what is replayed
    const { id: _, ...thought } = rounds[0]?.find(isItemDone)?.json?.["item"] as JsonObject;
    const nudge = {
      type: "message",
      role: "assistant",
      phase: "commentary",
      content: [{ type: "output_text", text: "Continue thinking..." }],
    };
    expect(inputOf(bodies[1])).toEqual([user, thought, nudge]);
  });

  test("goes on while it is cut", async () => {
    const again = round({ id: "resp_2" }).reasoning(1034).message("still 29").completed();
    const turn = await watchFold([WRONG, again, RIGHT]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "reasoning", "message 21"]);
    expect(inputOf(turn.bodies[2]).map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "message",
      "reasoning",
      "message",
    ]);
    expect(inputOf(turn.bodies[2]).slice(0, 3)).toEqual(inputOf(turn.bodies[1]));
    expect(metadataOf(turn.client)).toMatchObject({ proxy_rounds: [{ n: 1 }, { n: 2 }, { n: null }] });
  });

  test("never lets the client see, and run, the call of a cut round", async () => {
    const right = round().reasoning(300).functionCall("shell", { command: "ls" }).completed();
    const turn = await watchFold([WRONG_CALL, right]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", 'function_call shell {"command":"ls"}']);
    expect(saidBy(turn.client)).not.toContain("rm -r");
  });

  test("keeps thinking that came behind a dropped answer, and replays it", async () => {
    const first = round()
      .reasoning(200)
      .message("Let me see.", { phase: "commentary" })
      .reasoning(316)
      .functionCall("shell")
      .completed();
    const turn = await watchFold([first, RIGHT], { hold: "always" });

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "reasoning", "message 21"]);
    expect(inputOf(turn.bodies[1]).map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "reasoning",
      "message",
    ]);
  });

  test("keeps hosted tools in their place, shown and replayed", async () => {
    const first = round().reasoning(200).webSearch().reasoning(316).message("wrong: 29").completed();
    const turn = await watchFold([first, RIGHT]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual([
      "reasoning",
      "web_search_call",
      "reasoning",
      "reasoning",
      "message 21",
    ]);
    expect(inputOf(turn.bodies[1]).map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "web_search_call",
      "reasoning",
      "message",
    ]);
  });

  test("passes on what belongs to no response, of hidden rounds too", async () => {
    const limits = { type: "codex.rate_limits", n: 1 };
    const first = round().reasoning(516).message("wrong: 29").event(limits).completed();
    const turn = await watchFold([first, RIGHT]);

    expect(turn).toKeepInvariants();
    expect(turn.client.map(({ data }) => data)).toContain(JSON.stringify(limits));
  });

  test("keeps a message that went out live, once and in its place", async () => {
    // so little thinking says that it was not cut, which was wrong here
    const first = round().reasoning({ tokens: 516, bytes: 1001 }).message("So far").completed();
    const turn = await watchFold([first, RIGHT]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "message So far", "reasoning", "message 21"]);
    expect(inputOf(turn.bodies[1]).map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "message",
      "message",
    ]);
  });

  test.each(["gpt-5.5", "gpt-6-astra"])("keeps what went out before any thinking: %s", async (model) => {
    const first = round({ id: "resp_1" })
      .message("On it.")
      .reasoning(516)
      .functionCall("shell", { command: "rm -r" })
      .completed();
    const request = { model, input: "How many?", include: ["reasoning.encrypted_content"] };
    const turn = await watchFold({ request, rounds: [first, RIGHT] }, { models: ["*"] });

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["message On it.", "reasoning", "reasoning", "message 21"]);
  });
});

describe("a stalled continuation", () => {
  test("is nudged again with the same thinking", async () => {
    const turn = await watchFold([WRONG, STALL, RIGHT]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message 21"]);
    const [before, again] = [inputOf(turn.bodies[1]), inputOf(turn.bodies[2])];
    expect(again).toEqual([...before, before.at(-1)]);
  });

  test("is released when the budget is used up", async () => {
    const stillStalled = round({ seed: 3 }).message("29, as I said").completed();
    const turn = await watchFold([WRONG, STALL, stillStalled], { maxContinue: 2 });

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "message 29, as I said"]);
    expect(turn.end).toMatchObject({ reason: "max_continue" });
    expect(metadataOf(turn.client)).toMatchObject({ proxy_stopped_reason: "max_continue" });
  });

  test("is an answer in round 1", async () => {
    const turn = await watchFold([STALL]);

    expect(turn).toKeepInvariants();
    expect(turn.client.map(({ data }) => data)).toEqual([...STALL]);
  });
});

describe("a turn of one round", () => {
  const TRIGGER = { input: [{ type: "message" }, { type: "compaction_trigger" }] };
  const REQUEST = { model: "gpt-5.5", input: "how many?", include: ["reasoning.encrypted_content"] };
  const unsealed = round()
    .reasoning({ tokens: 516, encryptedContent: null })
    .message("wrong: 29")
    .completed();
  const tier7 = round().reasoning(3624).message("wrong: 29").completed();

  test("that ended naturally is the very events that came", async () => {
    const { client, rounds, bodies } = await watchFold([RIGHT]);

    expect(client).toHaveLength(RIGHT.length);
    client.forEach((event, index) => expect(event).toBe(rounds[0]?.[index]));
    expect(bodies).toHaveLength(1);
  });

  test.each<[string, RoundSource, JsonObject, RunOptions, string]>([
    ["tier 7", tier7, {}, {}, "tier_out_of_window"],
    ["tier 1 with a window from 2", WRONG, {}, { minTier: 2 }, "tier_out_of_window"],
    ["no continuations allowed", WRONG, {}, { maxContinue: 0 }, "max_continue"],
    ["nothing to replay", unsealed, {}, {}, "no_encrypted_content"],
    [
      "encrypted reasoning never asked for",
      WRONG,
      { include: [], model: "o9" },
      { models: ["*"] },
      "no_encrypted_content",
    ],
    ["compaction", WRONG, TRIGGER, {}, "compaction_request"],
    ["background", WRONG, { background: true }, {}, "background"],
    ["a conversation", WRONG, { conversation: "conv_1" }, {}, "conversation"],
    ["more held than allowed", WRONG, {}, { maxHeldBytes: 100 }, "hold_limit"],
    ["a token budget", WRONG, {}, { maxBilledTokens: 2000 }, "max_billed_tokens"],
  ])("is released with the reason in its metadata: %s", async (_, source, request, options, reason) => {
    const turn = await watchFold({ request: { ...REQUEST, ...request }, rounds: [source] }, options);

    expect(turn).toKeepInvariants();
    expect(metadataOf(turn.client)).toMatchObject({ proxy_stopped_reason: reason });
    expect(turn.end).toMatchObject({ reason });
    expect(items(turn.client)).toEqual(["reasoning", "message wrong: 29"]);
  });

  test.each<[string, RoundSource, RunOptions]>([
    ["mode off", WRONG, { mode: "off" }],
    ["mode observe", WRONG, { mode: "observe" }],
    ["another model", WRONG, { models: ["o3*"] }],
    ["mode off, tier 7", tier7, { mode: "off" }],
    ["mode observe, tier 7", tier7, { mode: "observe" }],
    ["another model, tier 7", tier7, { models: ["o3*"] }],
  ])("that is not meant is left alone: %s", async (_, source, options) => {
    const { client, rounds } = await watchFold([source], options);

    client.forEach((event, index) => expect(event).toBe(rounds[0]?.[index]));
    expect(client).toHaveLength(rounds[0]?.length ?? 0);
  });

  test("mode observe tells of the fingerprint", async () => {
    const { end } = await watchFold([WRONG], { mode: "observe" });

    expect(end).toMatchObject({ reason: "observe", released: { tier: 1 } });
  });

  test.each<[string, RoundSource]>([
    [
      "response.failed",
      round().reasoning(516).message("wrong: 29").failed({ code: "context_length_exceeded" }),
    ],
    ["response.failed without an error object", round().reasoning(516).failed(null)],
    ["response.incomplete", round().reasoning(516).message("wrong: 29").incomplete("max_output_tokens")],
    ["error", round().reasoning(516).message("wrong: 29").errorEvent({ code: "usage_limit_reached" })],
    ["no terminal", round().reasoning(516).message("wrong: 29").cut()],
    ["no event at all", []],
  ])("passes on its failure as it was: %s", async (_, source) => {
    const { client, rounds } = await watchFold([source]);

    expect(client.map(({ data }) => data)).toEqual(rounds[0]?.map(({ data }) => data));
  });

  test.each<[string, (error: unknown) => Observable<ResponseEvent>]>([
    ["before any event", (error) => throwError(() => error)],
    ["in its thinking", (error) => lost(round().reasoning(516).cut({ after: 5 }), error)],
    [
      "in held output",
      (error) => lost(round().reasoning(516).message("wrong: 29").functionCall("shell").cut(), error),
    ],
  ])("that dies, dies as it did, with all that had come: %s", async (_, dying) => {
    const error = new UpstreamLost("connection reset", "stream");

    const turn = await watchFold([dying(error)]);

    expect(turn.clientError).toBe(error);
    expect(turn).toKeepInvariants();
    expect(turn.client.map(({ data }) => data)).toEqual(turn.rounds[0]?.map(({ data }) => data));
  });

  test("that was refused is refused with the upstream's own answer", async () => {
    const error = refused();

    await expect(runFold([throwError(() => error)])).rejects.toBe(error);
  });
});

describe("a continuation that fails releases round 1", () => {
  const reset = new UpstreamLost("connection reset", "stream");

  test.each<[string, RoundSource]>([
    ["refused", throwError(refused)],
    ["cannot be opened", throwError(() => new UpstreamLost("connection refused", "connect"))],
    ["ends before any event", []],
    ["dies before any event", throwError(() => reset)],
    ["dies behind its announcement", lost(round({ seed: 2 }).cut())],
    ["dies in its thinking", lost(round({ seed: 2 }).reasoning(300).cut({ after: 6 }))],
    ["dies behind its thinking", lost(round({ seed: 2 }).reasoning(300).cut())],
    ["ends in held output", round({ seed: 2 }).reasoning(300).message("21").cut()],
    [
      "dies in held output",
      lost(round({ seed: 2 }).reasoning(300).functionCall("shell").message("21").cut()),
    ],
    ["failed", round({ seed: 2 }).reasoning(300).message("21").failed({ code: "server_is_overloaded" })],
    ["incomplete", round({ seed: 2 }).reasoning(300).message("21").incomplete()],
    ["an error event", round({ seed: 2 }).reasoning(300).errorEvent()],
  ])("%s", async (_, continuation) => {
    const turn = await watchFold([WRONG_CALL, continuation]);

    expect(turn).toKeepInvariants();
    expect(turn.client).toBeOneResponse();
    expect(turn).not.toHaveProperty("clientError");
    expect(items(turn.client).at(-1)).toBe('function_call shell {"command":"rm -r"}');
    expect(saidBy(turn.client)).not.toContain("21");
    expect(responseOf(turn.client)).toMatchObject({
      id: "resp_1",
      status: "completed",
      metadata: { proxy_stopped_reason: "continuation_failed" },
    });
  });

  test("where the transport throws instead of failing", () => {
    const bodies: string[] = [];
    const client: ResponseEvent[] = [];
    const openRound = (body: string): Observable<ResponseEvent> => {
      if (bodies.push(body) > 1) throw new TypeError("a bug in a transport");
      return eventsOf(WRONG);
    };

    foldTurn(readRequest(REQUEST_TEXT), openRound, DEFAULT_FOLD_OPTIONS).subscribe((event) =>
      client.push(event),
    );

    expect(items(client)).toEqual(["reasoning", "message wrong: 29"]);
    expect(client).toBeOneResponse();
  });

  test("or the last round that completed", async () => {
    const second = round({ seed: 2 }).reasoning(516).message("28").completed();
    const turn = await watchFold([WRONG, second, lost([])]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message 28"]);
  });

  describe("but not beside what the last round, which was live, had given", () => {
    const live = { maxContinue: 1 };

    test.each<[string, RoundSource, string[]]>([
      ["a whole answer", lost(round({ seed: 2 }).reasoning(300).message("21").cut()), ["message 21"]],
      ["a call", lost(round({ seed: 2 }).reasoning(300).functionCall("ls").cut()), ["function_call ls {}"]],
    ])("%s", async (_, continuation, given) => {
      const turn = await watchFold([WRONG_CALL, continuation], live);

      expect(turn).toKeepInvariants();
      expect(items(turn.client)).toEqual(["reasoning", "reasoning", ...given]);
      expect(turn.client).toBeOneResponse();
    });

    test("a part of an answer is none", async () => {
      const continuation = lost(round({ seed: 2 }).reasoning(300).message("twenty one").cut({ after: 28 }));
      const turn = await watchFold([WRONG, continuation], live);

      expect(turn).toKeepInvariants();
      expect(saidBy(turn.client)).toContain("twenty");
      expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message wrong: 29"]);
    });

    test("commentary is none", async () => {
      const said = round({ seed: 2 }).reasoning(300).message("Let me see.", { phase: "commentary" }).cut();
      const turn = await watchFold([WRONG_CALL, lost(said)], live);

      expect(turn).toKeepInvariants();
      expect(items(turn.client)).toEqual([
        "reasoning",
        "reasoning",
        "message Let me see.",
        'function_call shell {"command":"rm -r"}',
      ]);
    });
  });
});

describe("a continuation without an answer", () => {
  const THOUGHT = round({ seed: 3 }).reasoning(219).completed();
  const SAID = round({ seed: 4 }).reasoning(219).message("Let me see.", { phase: "commentary" }).completed();

  test.each([
    ["reasoning alone", THOUGHT, ["reasoning"]],
    ["commentary", SAID, ["reasoning"]],
  ])("is asked again: %s", async (_, silent, seen) => {
    const turn = await watchFold([WRONG, silent, RIGHT], { hold: "always" });

    expect(turn).toKeepInvariants();
    expect(turn.end?.rounds[1]?.verdict).toEqual({ action: "continue", reason: "no_answer" });
    expect(items(turn.client)).toEqual(["reasoning", ...seen, "reasoning", "message 21"]);
    expect(metadataOf(turn.client)).not.toHaveProperty("proxy_stopped_reason");
  });

  test.each([
    ["reasoning alone", [WRONG, THOUGHT, THOUGHT, THOUGHT], {}, ["message wrong: 29"]],
    [
      "commentary",
      [WRONG_CALL, SAID],
      { maxContinue: 1 },
      ["message Let me see.", 'function_call shell {"command":"rm -r"}'],
    ],
  ] as [string, RoundSource[], RunOptions, string[]][])(
    "releases the round that has one when the budget is used up: %s",
    async (_, rounds, options, answer) => {
      const turn = await watchFold(rounds, options);

      expect(turn).toKeepInvariants();
      expect(turn.client).toBeOneResponse();
      expect(turn.end).toMatchObject({ reason: "no_answer", released: { round: 1 } });
      expect(items(turn.client).filter((item) => item !== "reasoning")).toEqual(answer);
      expect(metadataOf(turn.client)).toMatchObject({ proxy_stopped_reason: "no_answer" });
    },
  );

  test("releases the last round that has one, not the first", async () => {
    const second = round({ seed: 2 }).reasoning(516).message("28").completed();
    const turn = await watchFold([WRONG, second, THOUGHT], { maxContinue: 2 });

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "reasoning", "message 28"]);
    expect(responseOf(turn.client)).toMatchObject({ id: "resp_1" });
  });

  test("also where it is cut, and where the continuation behind it fails", async () => {
    const cut = round({ seed: 5 }).reasoning(516).completed();
    const atTheEnd = await watchFold([WRONG, cut], { maxContinue: 1 });
    const dead = await watchFold([WRONG, cut, lost([])]);

    for (const turn of [atTheEnd, dead]) {
      expect(turn).toKeepInvariants();
      expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message wrong: 29"]);
    }
    expect([atTheEnd, dead].map(({ end }) => end?.reason)).toEqual(["no_answer", "continuation_failed"]);
  });

  test("is passed as it is where no round has an answer, and says what stopped it", async () => {
    const turn = await watchFold([round({ id: "resp_1" }).reasoning(516).completed(), THOUGHT, SAID], {
      maxContinue: 2,
      hold: "always",
    });

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "reasoning", "message Let me see."]);
    expect(metadataOf(turn.client)).toMatchObject({ proxy_stopped_reason: "max_continue" });
  });

  test("needs no thinking of its own to be asked again", async () => {
    const said = round({ seed: 6 })
      .message("Hm.", { phase: "commentary" })
      .completed({ usage: { reasoning: 5 } });
    const turn = await watchFold([WRONG, said, RIGHT], { hold: "always" });

    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message 21"]);
  });

  test("is the upstream's own in round 1", async () => {
    const turn = await watchFold([SAID]);

    expect(turn.client.map(({ data }) => data)).toEqual([...SAID]);
  });

  test("a hosted tool answers nothing; a call of a type not known may", async () => {
    const searched = round({ seed: 7 }).reasoning(40).webSearch({ query: "q" }).completed();
    const unknown = round({ seed: 8 }).reasoning(40).item({ type: "new_call" }).completed();
    const turn = await watchFold([WRONG, searched, unknown]);

    expect(turn).toKeepInvariants();
    expect(items(turn.client)).toEqual([
      "reasoning",
      "reasoning",
      "web_search_call",
      "reasoning",
      "new_call",
    ]);
  });
});

describe("a user's own verdict", () => {
  test("continues rounds that are not on the fingerprint", async () => {
    const turn = await watchFold([round().reasoning(64).message("wrong: 29").completed(), RIGHT], {
      continueWhen: ({ usage }) => (usage?.reasoning ?? 0) < 100 && "thought too little",
    });

    expect(turn.end?.rounds[0]).toMatchObject({
      verdict: { action: "continue", reason: "thought too little" },
    });
    expect(items(turn.client)).toEqual(["reasoning", "reasoning", "message 21"]);
  });

  test("that throws changes nothing", async () => {
    const { client } = await watchFold([RIGHT], {
      continueWhen: () => {
        throw new Error("a bug in a verdict");
      },
    });

    expect(client.map(({ data }) => data)).toEqual([...RIGHT]);
  });
});

const REQUEST_TEXT =
  '{"model":"gpt-5.5", "input":"how many?","include":["reasoning.encrypted_content"], "seed":9007199254740993}';

test("round 1 goes upstream as the text it is", async () => {
  const { bodies } = await watchFold({ request: REQUEST_TEXT, rounds: [RIGHT] });

  expect(bodies).toEqual([REQUEST_TEXT]);
});

describe("in time", () => {
  const place = (sequence_number: number, output_index?: number) => ({
    sequence_number,
    ...(output_index !== undefined && { output_index }),
  });
  const p = inProgress({}, place(0));
  const r = itemDone(reasoning("rs_1"), place(1, 0));
  const m = itemAdded(message("29"), place(2, 1));
  const d = delta("29", place(3, 1));
  const M = itemDone(message("29"), place(4, 1));
  const t = completed({ reasoning: 291, fields: place(5) });
  const T = completed({ reasoning: 516, fields: place(5) });
  const q = rateLimits();
  const u = itemDone(reasoning("rs_2"), place(1, 0));
  const VALUES = { p, r, m, d, M, t, T, q, u };
  const U = itemDone(reasoning("rs_2"), place(2, 1));

  function turn(rounds: readonly Observable<ResponseEvent>[], options: RunOptions = {}) {
    let opened = 0;
    const openRound = (): Observable<ResponseEvent> => rounds[opened++] ?? NEVER;
    return foldTurn(readRequest(REQUEST_TEXT), openRound, { ...DEFAULT_FOLD_OPTIONS, ...options });
  }

  test("an answer that could be continued waits for its verdict; rate limits do not", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold("p-r-m-q-d-M-(t|)", VALUES);
      const subs = "    ^-----------!";
      const expected = "p-r---q-----(mdMt|)";

      expectObservable(turn([one])).toBe(expected, VALUES);
      expectSubscriptions(one.subscriptions).toBe(subs);
    });
  });

  test("an answer that cannot be continued streams live", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold("p-r-m-d-M-t-|", VALUES);
      const expected = "p-r-m-d-M-t-|";

      expectObservable(turn([one], { maxContinue: 0 })).toBe(expected, VALUES);
    });
  });

  test("an answer before any thinking streams live, whatever the model; behind thinking it is held", () => {
    const say = (number: number) => itemDone(message("a", { id: `msg_${number}` }), place(number, number));
    marbles(({ cold, expectObservable }) => {
      const values = { ...VALUES, a: say(1), r: itemDone(reasoning("rs_1"), place(2, 2)), b: say(3), t };
      const one = cold("p-a-r-b--(t|)", values);
      const expected = "p-a-r----(bt|)";

      expectObservable(turn([one], { liveModels: [] })).toBe(expected, values);
    });
  });

  test("but not where everything is to be held", () => {
    marbles(({ cold, expectObservable }) => {
      const one = cold("p-m-d-M-(t|)", VALUES);
      const expected = "p-------(mdMt|)";

      expectObservable(turn([one], { hold: "always" })).toBe(expected, VALUES);
    });
  });

  test("in_progress is repeated while output is held, and the numbers stay gapless", () => {
    const numbered = (number: number) => ({
      p: inProgress({}, place(number)),
      m: itemAdded(message("29"), place(number, 1)),
      t: completed({ reasoning: 291, fields: place(number) }),
    });
    marbles(({ cold, expectObservable }) => {
      const one = cold("p-r-m 2500ms (t|)", VALUES);
      // silence begins where output begins to be held: at frame 4
      const expected = "p-r- 1000ms a 999ms b 500ms (mt|)";

      const values = { ...VALUES, a: numbered(2).p, b: numbered(3).p, m: numbered(4).m, t: numbered(5).t };
      expectObservable(turn([one], { keepAliveSeconds: 1 })).toBe(expected, values);
    });
  });

  describe("unsubscribing aborts the upstream at once", () => {
    test("in round 1's thinking", () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const one = cold("p-r-----T|", VALUES);
        const unsub = "   ---!";
        const subs = "    ^--!";
        const expected = "p-r-";

        expectObservable(turn([one]), unsub).toBe(expected, VALUES);
        expectSubscriptions(one.subscriptions).toBe(subs);
      });
    });

    test("while output is held", () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const one = cold("p-r-m-d-----T|", VALUES);
        const unsub = "   --------!";
        const subs = "    ^-------!";
        const expected = "p-r------";

        expectObservable(turn([one]), unsub).toBe(expected, VALUES);
        expectSubscriptions(one.subscriptions).toBe(subs);
      });
    });

    test("while a continuation is awaited", () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const one = cold("p-r-m-T|", VALUES);
        const two = cold("      ------u-t|", VALUES);
        const unsub = "   ---------!";
        const subs1 = "   ^-----!";
        const subs2 = "   ------^--!";
        const expected = "p-r-------";

        expectObservable(turn([one, two]), unsub).toBe(expected, VALUES);
        expectSubscriptions(one.subscriptions).toBe(subs1);
        expectSubscriptions(two.subscriptions).toBe(subs2);
      });
    });

    test("in a continuation's thinking", () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const one = cold("p-r-m-T|", VALUES);
        const two = cold("      --u------t|", VALUES);
        const unsub = "   ----------!";
        const subs2 = "   ------^---!";
        const expected = "p-r-----U--";

        expectObservable(turn([one, two]), unsub).toBe(expected, { ...VALUES, U });
        expectSubscriptions(two.subscriptions).toBe(subs2);
      });
    });

    test("in a continuation's held output", () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const one = cold("p-r-m-T|", VALUES);
        const two = cold("      --u-m-d---t|", VALUES);
        const unsub = "   -------------!";
        const subs2 = "   ------^------!";
        const expected = "p-r-----U-----";

        expectObservable(turn([one, two]), unsub).toBe(expected, { ...VALUES, U });
        expectSubscriptions(two.subscriptions).toBe(subs2);
      });
    });
  });

  test("each subscription is a turn of its own", () => {
    const bodies: string[] = [];
    const openRound = (body: string): Observable<ResponseEvent> => {
      bodies.push(body);
      return eventsOf(bodies.length % 2 === 1 ? WRONG : RIGHT);
    };
    const events = foldTurn(readRequest(REQUEST_TEXT), openRound, DEFAULT_FOLD_OPTIONS);
    const clients: string[][] = [[], []];
    for (const client of clients) events.subscribe(({ data }) => client.push(data));

    expect(clients[0]).toEqual(clients[1]);
    expect(bodies).toHaveLength(4);
  });
});
