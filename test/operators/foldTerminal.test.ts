import { NO_THINKING } from "../../src/protocol/liveOutput.js";
import { take } from "rxjs";
import { describe, expect, test } from "vitest";
import { foldTerminal } from "../../src/operators/foldTerminal.js";
import { responseEvent, type JsonObject, type ResponseEvent } from "../../src/protocol/event.js";
import { tierOf } from "../../src/protocol/fingerprint.js";
import { final, type FinalReason, type RoundEnd, type TurnSignal } from "../../src/protocol/signals.js";
import { usageOf } from "../../src/protocol/usage.js";
import { completed, delta, failed, itemDone, message, reasoning } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";

const r = itemDone(reasoning("rs_1"));
const u = itemDone(reasoning("rs_2"));
const d = delta("21");
const n = itemDone(message("21"));
const S = { kind: "round_start", round: 2 } as const;

/** A round's end as the operators before would make it of this terminal. */
function roundEnd(
  round: number,
  terminal: ResponseEvent | undefined,
  verdict: RoundEnd["verdict"],
): RoundEnd {
  const usage = usageOf(terminal);
  return {
    kind: "round_end",
    round,
    verdict,
    tier: terminal?.type === "response.completed" ? tierOf(usage?.reasoning) : undefined,
    terminal,
    failure: undefined,
    usage,
    answered: true,
    thinking: NO_THINKING,
    shown: [],
    held: [],
  };
}
const continued = (round: number, terminal: ResponseEvent) =>
  roundEnd(round, terminal, { action: "continue", reason: "fingerprint" });

/** A turn's end; the released round is the last one unless another is named. */
function turnEnd(reason: FinalReason, rounds: RoundEnd[], released = rounds.at(-1)): TurnSignal {
  if (!released) throw new Error("a turn has a round");
  return { kind: "turn_end", rounds, released, reason, given: [] };
}
const single = (terminal: ResponseEvent | undefined, reason: FinalReason) =>
  turnEnd(reason, [roundEnd(1, terminal, final(reason))]);

/** The terminal that the operator writes where the turn ends. */
function terminalOf(end: TurnSignal, ...shown: ResponseEvent[]): ResponseEvent | undefined {
  const written: ResponseEvent[] = [];
  marbles(({ cold }) => {
    const values = { E: end, ...Object.fromEntries(shown.map((event, index) => [String(index), event])) };
    cold<TurnSignal>(`${Object.keys(shown).join("")}E|`, values)
      .pipe(foldTerminal())
      .subscribe((signal) => {
        if (signal.kind === undefined && !shown.includes(signal)) written.push(signal);
      });
  });
  expect(written.length).toBeLessThan(2);
  return written[0];
}
const responseIn = (terminal: ResponseEvent | undefined) => terminal?.json?.["response"] as JsonObject;

describe("where it stands", () => {
  test("the terminal comes where the turn ends, before its signal", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const t = completed();
      const T = single(t, "natural");
      const turn = cold<TurnSignal>("r-S-d-n-T----|", { r, S, d, n, T });
      const subs = "                 ^------------!";
      const expected = "             r-S-d-n-(tT)-|";

      expectObservable(turn.pipe(foldTerminal())).toBe(expected, { r, S, d, n, t, T });
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test("a turn that ended without a terminal gets none", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const T = single(undefined, "no_terminal");
      const turn = cold<TurnSignal>("r-T-#", { r, T });
      const subs = "                 ^---!";
      const expected = "             r-T-#";

      expectObservable(turn.pipe(foldTerminal())).toBe(expected, { r, T });
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test("what follows stays behind it", () => {
    marbles(({ cold, expectObservable }) => {
      const t = completed();
      const T = single(t, "natural");
      const D = responseEvent("[DONE]");
      const turn = cold<TurnSignal>("T---D-|", { T, D });
      const expected = "             (tT)D-|";

      expectObservable(turn.pipe(foldTerminal())).toBe(expected, { t, T, D });
    });
  });

  test("unsubscribing lets go of the turn", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const turn = cold<TurnSignal>("r-d-|", { r, d });
      const subs = "                 ^-!";
      const expected = "             r-(d|)";

      expectObservable(turn.pipe(foldTerminal(), take(2))).toBe(expected, { r, d });
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });
});

describe("one round", () => {
  const cut = completed({ reasoning: 516, response: { created_at: 7 } });

  test.each<[string, ResponseEvent, FinalReason]>([
    ["a finished answer", completed({ reasoning: 291 }), "natural"],
    ["a failure", failed({ code: "context_length_exceeded" }), "not_completed"],
    ["on the fingerprint, mode off", cut, "off"],
    ["on the fingerprint, mode observe", cut, "observe"],
    ["on the fingerprint, another model", cut, "model_not_selected"],
  ])("%s keeps its terminal to the byte", (_, terminal, reason) => {
    expect(terminalOf(single(terminal, reason), r, n)).toBe(terminal);
  });

  test.each<FinalReason>([
    "tier_out_of_window",
    "max_continue",
    "max_billed_tokens",
    "no_encrypted_content",
    "compaction_request",
    "hold_limit",
    "released_live",
  ])("on the fingerprint and released (%s) gets metadata and nothing else", (reason) => {
    const terminal = terminalOf(single(cut, reason), r, n);

    const { metadata, ...rest } = responseIn(terminal);
    const usage = responseIn(cut)["usage"];
    expect(rest).toEqual(responseIn(cut));
    expect(metadata).toEqual({
      proxy_rounds: [{ round: 1, reasoning_tokens: 516, n: 1 }],
      proxy_billed_usage: usage,
      proxy_stopped_reason: reason,
    });
  });

  test.each([
    ['"metadata":{}', '"metadata":{'],
    ['"metadata":{ }', '"metadata":{'],
    ['"metadata":{"a":"1"}', '"metadata":{"a":"1",'],
    ['"metadata": {"proxy_rounds":[9], "a":"1"}', '"metadata": {"proxy_rounds":[{"round":1,'],
    ['"metadata":null', '"metadata":{'],
  ])("keeps the text around the metadata: %s", (before, after) => {
    const text = `{"type":"response.completed", "response":{"big":9007199254740993, ${before},"t":1.0,"usage":{"output_tokens":516,"output_tokens_details":{"reasoning_tokens":516}}}}`;

    const { data = "" } = terminalOf(single(responseEvent(text), "max_continue")) ?? {};

    const [head = "", tail = ""] = text.split(before);
    expect(data.startsWith(head + after)).toBe(true);
    expect(data.endsWith(tail)).toBe(true);
    expect(responseIn(responseEvent(data))["metadata"]).toMatchObject({
      proxy_stopped_reason: "max_continue",
    });
  });
});

describe("a fold", () => {
  const one = completed({
    reasoning: 516,
    input: 21550,
    cached: 20000,
    output: 664,
    response: { id: "resp_1", created_at: 1782741513, output: ["not this"] },
  });
  const two = completed({
    reasoning: 291,
    input: 22606,
    cached: 21504,
    output: 566,
    response: { id: "resp_2", created_at: 1782741599, model: "gpt-5.5", service_tier: "default" },
    fields: { sequence_number: 77 },
  });
  const FOLD = turnEnd("natural", [continued(1, one), roundEnd(2, two, final("natural"))]);

  test("shows the last round's terminal as round 1's response", () => {
    const terminal = terminalOf(FOLD, r, u, n);

    expect(terminal).toMatchObject({ type: "response.completed", json: { sequence_number: 77 } });
    expect(responseIn(terminal)).toMatchObject({
      id: "resp_1",
      created_at: 1782741513,
      status: "completed",
      model: "gpt-5.5",
      service_tier: "default",
    });
  });

  test("repeats round 1's id and time as they were written", () => {
    const first = responseEvent(
      '{"type":"response.completed","response":{"id":"resp_\\u0031","created_at":1782741513.0,"usage":{"output_tokens_details":{"reasoning_tokens":516}}}}',
    );
    const fold = turnEnd("natural", [continued(1, first), roundEnd(2, two, final("natural"))]);

    expect(terminalOf(fold)?.data).toContain('"id":"resp_\\u0031"');
    expect(terminalOf(fold)?.data).toContain('"created_at":1782741513.0');
  });

  test("keeps what round 1's terminal does not say", () => {
    const first = responseEvent('{"type":"response.completed","response":{"id":"resp_1"}}');
    const fold = turnEnd("natural", [continued(1, first), roundEnd(2, two, final("natural"))]);

    expect(responseIn(terminalOf(fold))).toMatchObject({ id: "resp_1", created_at: 1782741599 });
  });

  test("lists the items that went out, as the text they were", () => {
    const item = '{ "type":"reasoning", "n":9007199254740993,"x":1.0 }';
    const odd = responseEvent(`{"type":"response.output_item.done","item":${item},"output_index":0}`);

    const terminal = terminalOf(FOLD, odd, u, n);

    expect(terminal?.data).toContain(
      `"output":[${item},${JSON.stringify(reasoning("rs_2"))},${JSON.stringify(message("21"))}]`,
    );
  });

  test("lists nothing for an item that cannot be read", () => {
    const cut = responseEvent('{"type":"response.output_item.done","item":{"type":"mess');

    expect(responseIn(terminalOf(FOLD, r, cut))["output"]).toEqual([reasoning("rs_1")]);
  });

  test("reports the usage of one response: round 1's input, all reasoning, the released answer", () => {
    expect(responseIn(terminalOf(FOLD))["usage"]).toEqual({
      input_tokens: 21550,
      input_tokens_details: { cached_tokens: 20000 },
      output_tokens: 807 + 275,
      output_tokens_details: { reasoning_tokens: 807 },
      total_tokens: 21550 + 807 + 275,
    });
  });

  test("keeps what else a usage says", () => {
    const usage = {
      ...(responseIn(two)["usage"] as JsonObject),
      output_tokens_details: { reasoning_tokens: 291, other_tokens: 3 },
      other: 5,
    };
    const rest = completed({ response: { usage } });
    const fold = turnEnd("natural", [continued(1, one), roundEnd(2, rest, final("natural"))]);

    expect(responseIn(terminalOf(fold))["usage"]).toMatchObject({
      output_tokens_details: { reasoning_tokens: 807, other_tokens: 3 },
      other: 5,
    });
  });

  test("what round 1's usage says of its input stays", () => {
    const usage = {
      ...(responseIn(one)["usage"] as JsonObject),
      input_tokens_details: { cached_tokens: 20000, cache_write_tokens: 9 },
    };
    const first = completed({ response: { usage } });
    const fold = turnEnd("natural", [continued(1, first), roundEnd(2, two, final("natural"))]);

    expect(responseIn(terminalOf(fold))["usage"]).toMatchObject({
      input_tokens_details: { cached_tokens: 20000, cache_write_tokens: 9 },
    });
  });

  test("reports a whole usage where round 1 reported none: Codex reads no other", () => {
    const first = responseEvent('{"type":"response.completed"}');
    const fold = turnEnd("natural", [continued(1, first), roundEnd(2, two, final("natural"))]);

    expect(responseIn(terminalOf(fold))).toMatchObject({
      usage: {
        input_tokens: 0,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 566,
        output_tokens_details: { reasoning_tokens: 291 },
      },
      metadata: { proxy_rounds: [{ round: 2, reasoning_tokens: 291, n: null }] },
    });
  });

  test("ends with a terminal that has no response in it as with any other", () => {
    const bare = responseEvent('{"type":"response.completed"}');
    const fold = turnEnd("natural", [continued(1, one), roundEnd(2, bare, final("natural"))]);

    expect(terminalOf(fold, r)).toMatchObject({ data: bare.data });
  });

  test("reports no usage where the released round reported none", () => {
    const silent = completed({ response: { usage: null } });
    const fold = turnEnd("natural", [continued(1, one), roundEnd(2, silent, final("natural"))]);

    expect(responseIn(terminalOf(fold))).toMatchObject({
      usage: null,
      metadata: { proxy_rounds: [{ round: 1 }], proxy_billed_usage: { input_tokens: 21550 } },
    });
  });

  test("tells in its metadata what every round was, and what was billed", () => {
    expect(responseIn(terminalOf(FOLD))["metadata"]).toEqual({
      proxy_rounds: [
        { round: 1, reasoning_tokens: 516, n: 1 },
        { round: 2, reasoning_tokens: 291, n: null },
      ],
      proxy_billed_usage: {
        input_tokens: 44156,
        input_tokens_details: { cached_tokens: 41504 },
        output_tokens: 1230,
        output_tokens_details: { reasoning_tokens: 807 },
        total_tokens: 45386,
      },
    });
  });

  test("keeps the metadata that the response had", () => {
    const own = completed({ reasoning: 291, response: { metadata: { mine: "1" } } });
    const fold = turnEnd("natural", [continued(1, one), roundEnd(2, own, final("natural"))]);

    const { metadata } = responseIn(terminalOf(fold));

    expect(metadata).toMatchObject({ mine: "1" });
    expect(Object.keys(metadata as object)).toEqual(["mine", "proxy_rounds", "proxy_billed_usage"]);
  });

  test("that stopped on the fingerprint says why", () => {
    const last = completed({ reasoning: 1034 });
    const fold = turnEnd("max_continue", [continued(1, one), roundEnd(2, last, final("max_continue"))]);

    expect(responseIn(terminalOf(fold))["metadata"]).toMatchObject({
      proxy_rounds: [{ n: 1 }, { round: 2, reasoning_tokens: 1034, n: 2 }],
      proxy_stopped_reason: "max_continue",
    });
  });

  test("that stopped on a stall says so", () => {
    const last = completed({ reasoning: 0 });
    const fold = turnEnd("max_continue", [continued(1, one), roundEnd(2, last, final("max_continue"))]);

    expect(responseIn(terminalOf(fold))["metadata"]).toMatchObject({ proxy_stopped_reason: "max_continue" });
  });

  test("leaves every other byte of the terminal", () => {
    const head = '{"type":"response.completed","response":{"big":9007199254740993,"t":1.0, "id":';
    const last = responseEvent(
      `${head}"resp_2","usage":{"output_tokens":20,"output_tokens_details":{"reasoning_tokens":9}}, "z":"\u00e9"},"sequence_number":3}`,
    );
    const fold = turnEnd("natural", [continued(1, one), roundEnd(2, last, final("natural"))]);

    const { data = "" } = terminalOf(fold) ?? {};

    expect(data.startsWith(`${head}"resp_1","usage":{`)).toBe(true);
    expect(data).toContain(', "z":"\u00e9",');
    expect(data.endsWith('},"sequence_number":3}')).toBe(true);
  });
});

describe("a failed continuation", () => {
  const one = completed({ reasoning: 516, input: 100, output: 530, response: { id: "resp_1" } });
  const lost = roundEnd(2, undefined, final("no_terminal"));
  const first = continued(1, one);

  test("leaves round 1's terminal with its own usage, and says that it failed", () => {
    const terminal = terminalOf(turnEnd("continuation_failed", [first, lost], first), r, n);

    expect(responseIn(terminal)).toMatchObject({
      id: "resp_1",
      usage: responseIn(one)["usage"],
      output: [reasoning("rs_1"), message("21")],
      metadata: {
        proxy_rounds: [{ round: 1, reasoning_tokens: 516, n: 1 }],
        proxy_billed_usage: { input_tokens: 100, output_tokens: 530, total_tokens: 630 },
        proxy_stopped_reason: "continuation_failed",
      },
    });
  });

  test("says so, too, where the round that is released had stalled", () => {
    const stalled = continued(2, completed({ reasoning: 0 }));
    const third = roundEnd(3, undefined, final("no_terminal"));

    const terminal = terminalOf(turnEnd("continuation_failed", [first, stalled, third], stalled));

    expect(responseIn(terminal)["metadata"]).toMatchObject({ proxy_stopped_reason: "continuation_failed" });
  });

  test("that reported what it used is billed, with its reasoning", () => {
    const usage = {
      input_tokens: 110,
      output_tokens: 60,
      output_tokens_details: { reasoning_tokens: 50 },
      total_tokens: 170,
    };
    const halted = responseEvent(JSON.stringify({ type: "response.incomplete", response: { usage } }));
    const second = roundEnd(2, halted, final("not_completed"));

    const terminal = terminalOf(turnEnd("continuation_failed", [first, second], first));

    expect(responseIn(terminal)).toMatchObject({
      usage: { input_tokens: 100, output_tokens: 566 + 14, output_tokens_details: { reasoning_tokens: 566 } },
      metadata: {
        proxy_rounds: [{ round: 1 }, { round: 2, reasoning_tokens: 50, n: null }],
        proxy_billed_usage: { input_tokens: 210, output_tokens: 590, total_tokens: 800 },
      },
    });
  });
});

test("state belongs to a subscription", () => {
  const one = completed({ reasoning: 516 });
  const fold = turnEnd("natural", [continued(1, one), roundEnd(2, completed(), final("natural"))]);
  const outputs: unknown[] = [];
  marbles(({ cold }) => {
    const turn = cold<TurnSignal>("r-T|", { r, T: fold }).pipe(foldTerminal());
    const note = (signal: TurnSignal): void => {
      if (signal.kind === undefined && signal.type === "response.completed")
        outputs.push(responseIn(signal)["output"]);
    };
    turn.subscribe(note);
    turn.subscribe(note);
  });

  expect(outputs).toEqual([[reasoning("rs_1")], [reasoning("rs_1")]]);
});
