import { describe, expect, test, vi } from "vitest";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../../src/protocol/foldOptions.js";
import { readRequest } from "../../src/protocol/request.js";
import {
  continuationNeeds,
  hasRoom,
  judge,
  whyNeverContinued,
  type RoundFacts,
} from "../../src/protocol/verdict.js";

const used = (reasoning: number, input = 100) => ({
  input,
  cached: 0,
  output: reasoning + 10,
  reasoning,
  total: input + reasoning + 10,
});

describe("whyNeverContinued", () => {
  const BODY = { model: "gpt-5.5", input: [{ type: "message" }], include: ["reasoning.encrypted_content"] };
  const TRIGGER = { type: "compaction_trigger" };

  const why = (
    body: object,
    options: Partial<FoldOptions> = {},
    before: ReturnType<typeof used>[] = [],
    historyUnknown = false,
  ) =>
    whyNeverContinued({ ...readRequest(JSON.stringify({ ...BODY, ...body })), historyUnknown }, before, {
      ...DEFAULT_FOLD_OPTIONS,
      ...options,
    });

  test.each<[string, object, Partial<FoldOptions>, string | undefined]>([
    ["a usual request", {}, {}, undefined],
    ["input as a plain string", { input: "hello" }, {}, undefined],
    ["compaction", { input: [{ type: "message" }, TRIGGER] }, {}, "compaction_request"],
    ["a compaction trigger that is not last", { input: [TRIGGER, { type: "message" }] }, {}, undefined],
    ["background", { background: true }, {}, "background"],
    ["not background", { background: false }, {}, undefined],
    ["a conversation id", { conversation: "conv_1" }, {}, "conversation"],
    ["a conversation object", { conversation: { id: "conv_1" } }, {}, "conversation"],
    ["conversation: null", { conversation: null }, {}, undefined],
    ["a previous response", { previous_response_id: "resp_0" }, {}, undefined],
    ["nothing asked of a model that is known to reason", { include: [] }, {}, undefined],
    [
      "nothing asked of its chat variant, which need not",
      { include: [], model: "gpt-5.5-chat-latest" },
      {},
      "no_encrypted_content",
    ],
    [
      "nothing asked of a model that nobody knows",
      { include: [], model: "o9" },
      { models: ["*"] },
      "no_encrypted_content",
    ],
    ["encrypted reasoning asked of a model that nobody knows", { model: "o9" }, { models: ["*"] }, undefined],
    [
      "a reasoning object, whose include is added",
      { include: [], reasoning: {}, model: "o9" },
      { models: ["*"] },
      undefined,
    ],
    ["mode observe", {}, { mode: "observe" }, "observe"],
    ["mode off", {}, { mode: "off" }, "off"],
    ["a selected model", {}, { models: ["gpt-5*"] }, undefined],
    ["another model", {}, { models: ["o3"] }, "model_not_selected"],
    ["no continuations at all", {}, { maxContinue: 0 }, "max_continue"],
  ])("%s", (_, body, options, reason) => {
    expect(why(body, options)).toBe(reason);
  });

  test("a conversation that is not known here", () => {
    expect(why({}, {}, [], true)).toBe("history_unknown");
  });

  test("a frame that the upstream would not take, were its thinking ever so short", () => {
    const frame = (bytes: number) => ({
      ...readRequest(JSON.stringify(BODY)),
      frame: { bytes, limit: 16_000_000 },
    });
    const why = (bytes: number) => whyNeverContinued(frame(bytes), [], DEFAULT_FOLD_OPTIONS);

    expect(why(15_900_000)).toBeUndefined();
    expect(why(15_999_000)).toBe("frame_limit");
    expect([2, 3, 4].map((added) => hasRoom(frame(15_999_997), added))).toEqual([true, false, false]);
  });

  test("the last allowed continuation is the last round", () => {
    const rounds = (count: number) => Array.from({ length: count }, () => used(516));

    expect(why({}, { maxContinue: 3 }, rounds(2))).toBeUndefined();
    expect(why({}, { maxContinue: 3 }, rounds(3))).toBe("max_continue");
  });

  test("a budget that this round and another one must pass is used up", () => {
    // round 1 billed 626; rounds 2 and 3 read at least 100 tokens each
    expect(why({}, { maxBilledTokens: 826 }, [used(516)])).toBeUndefined();
    expect(why({}, { maxBilledTokens: 825 }, [used(516)])).toBe("max_billed_tokens");
  });

  test("before round 1 nothing is known of its price", () => {
    expect(why({}, { maxBilledTokens: 1 })).toBeUndefined();
  });

  test("nothing is added to the request of a turn that is never continued", () => {
    const needs = (options: Partial<FoldOptions>) =>
      continuationNeeds(readRequest('{"model":"gpt-5.5"}'), { ...DEFAULT_FOLD_OPTIONS, ...options });

    expect(needs({ maxContinue: 1 })).toEqual([
      { path: ["include"], raw: '["reasoning.encrypted_content"]' },
    ]);
    expect(needs({ mode: "observe" })).toEqual([]);
  });
});

describe("judge", () => {
  const FACTS: RoundFacts = {
    round: 1,
    completed: true,
    usage: used(516),
    reportsReasoning: true,
    hasEncryptedReasoning: true,
    answered: true,
    barred: undefined,
    billedBefore: 0,
    model: "gpt-5.5",
    effort: undefined,
  };

  type Case = [string, Partial<RoundFacts>, Partial<FoldOptions>, string];
  const CONTINUED = "continue: fingerprint";

  test.each<Case>([
    ["tier 1", {}, {}, CONTINUED],
    ["tier 6", { usage: used(3106) }, {}, CONTINUED],
    ["not on the fingerprint", { usage: used(515) }, {}, "natural"],
    ["no usage", { usage: undefined, reportsReasoning: false }, {}, "natural"],
    ["round 1 without reasoning is an answer", { usage: used(0) }, {}, "natural"],
    ["round 1 without an answer is the upstream's own", { usage: used(219), answered: false }, {}, "natural"],
    [
      "a continuation without an answer",
      { usage: used(219), answered: false, round: 2 },
      {},
      "continue: no_answer",
    ],
    [
      "... without thinking to replay",
      { usage: used(219), answered: false, round: 2, hasEncryptedReasoning: false },
      {},
      "continue: no_answer",
    ],
    ["... on the fingerprint", { answered: false, round: 2 }, {}, CONTINUED],
    ["... without reasoning", { usage: used(0), answered: false, round: 2 }, {}, "continue: stalled"],
    [
      "... and without budget",
      { usage: used(219), answered: false, round: 2, barred: "max_continue" },
      {},
      "max_continue",
    ],

    ["tier 7, beyond the window", { usage: used(3624) }, {}, "tier_out_of_window"],
    ["tier 7, no upper cap", { usage: used(3624) }, { maxTier: 0 }, CONTINUED],
    ["tier 1, below the window", {}, { minTier: 2 }, "tier_out_of_window"],
    ["tier 2, at its lower end", { usage: used(1034) }, { minTier: 2 }, CONTINUED],
    ["tier 2, at its upper end", { usage: used(1034) }, { maxTier: 2 }, CONTINUED],

    ["failed or incomplete, on the fingerprint", { completed: false }, {}, "not_completed"],
    ["nothing to replay", { hasEncryptedReasoning: false }, {}, "no_encrypted_content"],

    ["barred", { barred: "compaction_request" }, {}, "compaction_request"],
    ["barred, natural", { barred: "compaction_request", usage: used(17) }, {}, "natural"],
    ["barred, out of window", { barred: "max_continue", usage: used(3624) }, {}, "tier_out_of_window"],
    ["mode off, out of window", { barred: "off", usage: used(3624) }, {}, "off"],
    ["mode observe, out of window", { barred: "observe", usage: used(3624) }, {}, "observe"],
    [
      "other model, out of window",
      { barred: "model_not_selected", usage: used(3624) },
      {},
      "model_not_selected",
    ],

    ["round 3 on the fingerprint", { round: 3 }, {}, CONTINUED],
    ["a stalled continuation", { round: 2, usage: used(0) }, {}, "continue: stalled"],
    [
      "stalled, with nothing new to replay",
      { round: 2, usage: used(0), hasEncryptedReasoning: false },
      {},
      "continue: stalled",
    ],
    ["stalled, budget used up", { round: 4, usage: used(0), barred: "max_continue" }, {}, "max_continue"],
    [
      "reasoning not reported: no stall",
      { round: 2, usage: used(0), reportsReasoning: false },
      {},
      "natural",
    ],
    ["a continuation that reasoned a little", { round: 2, usage: used(1) }, {}, "natural"],

    ["a user's own verdict", { usage: used(17) }, { continueWhen: () => "too_short" }, "continue: too_short"],
    [
      "... without a word for it",
      { usage: used(17) },
      { continueWhen: () => true },
      "continue: continue_when",
    ],
    ["... that all is well", { usage: used(17) }, { continueWhen: () => false }, "natural"],
    ["... that says nothing", { usage: used(17) }, { continueWhen: () => "" }, "natural"],
    [
      "... that throws",
      { usage: used(17) },
      {
        continueWhen: () => {
          throw new Error("broken");
        },
      },
      "natural",
    ],
    [
      "... with nothing to replay",
      { usage: used(17), hasEncryptedReasoning: false },
      { continueWhen: () => true },
      "no_encrypted_content",
    ],

    // this round 626, the next at least its input and its replayed reasoning: 616
    ["within the token budget", {}, { maxBilledTokens: 1242 }, CONTINUED],
    ["beyond the token budget", {}, { maxBilledTokens: 1241 }, "max_billed_tokens"],
    ["beyond it with earlier rounds", { billedBefore: 1 }, { maxBilledTokens: 1242 }, "max_billed_tokens"],
    ["no token budget", { billedBefore: 1e9 }, { maxBilledTokens: 0 }, CONTINUED],
    ["usage not known, whatever the budget", { usage: undefined, answered: false, round: 2, billedBefore: 9 }, { maxBilledTokens: 1 }, "continue: no_answer"], // oxfmt-ignore
  ])("%s", (_, facts, options, expected) => {
    const verdict = judge({ ...FACTS, ...facts }, { ...DEFAULT_FOLD_OPTIONS, ...options });

    expect(verdict.action === "continue" ? `continue: ${verdict.reason}` : verdict.reason).toBe(expected);
  });

  test("a user's own verdict is given what is known of the round", () => {
    const continueWhen = vi.fn(() => false);
    judge({ ...FACTS, round: 2, usage: used(17), effort: "low" }, { ...DEFAULT_FOLD_OPTIONS, continueWhen });

    expect(continueWhen.mock.calls).toEqual([
      [{ round: 2, model: "gpt-5.5", effort: "low", usage: used(17) }],
    ]);
  });
});
