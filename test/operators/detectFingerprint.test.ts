import { Readable } from "node:stream";
import { map, of, take, type OperatorFunction } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { detectFingerprint, type DetectOptions } from "../../src/operators/detectFingerprint.js";
import { RoundRejected } from "../../src/protocol/errors.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { DEFAULT_FOLD_OPTIONS } from "../../src/protocol/foldOptions.js";
import type { RoundEnd } from "../../src/protocol/signals.js";
import {
  completed,
  delta,
  failed,
  incomplete,
  itemAdded,
  itemDone,
  message,
  reasoning,
} from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";

const a = itemAdded(reasoning("rs_1"));
const r = itemDone(reasoning("rs_1"));
const m = itemDone(message("29"));

/** The operator, with a round's end told in a few words. */
function detect(options: Partial<DetectOptions> = {}): OperatorFunction<ResponseEvent, unknown> {
  const operator = detectFingerprint({
    round: 1,
    barred: undefined,
    billedBefore: 0,
    model: "gpt-5.5",
    effort: undefined,
    fold: DEFAULT_FOLD_OPTIONS,
    ...options,
  });
  return (source) =>
    source.pipe(
      operator,
      map((signal) => (signal.kind === "round_end" ? inBrief(signal) : signal)),
    );
}

function inBrief({ verdict, tier, terminal, failure }: RoundEnd) {
  return { end: `${verdict.action}: ${verdict.reason}`, tier, terminal, failure };
}

test("the terminal becomes the round's end, and a round to continue is read no further", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const t = completed({ reasoning: 516 });
    const source = cold("a-r-m-t-d-|", { a, r, m, t, d: responseEvent("[DONE]") });
    const subs = "        ^-----!";
    const expected = "    a-r-m-(E|)";

    const E = { end: "continue: fingerprint", tier: 1, terminal: t };
    expectObservable(source.pipe(detect())).toBe(expected, { a, r, m, E });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("a finished round 1 is read to its end, with whatever follows the terminal", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const t = completed({ reasoning: 291 });
    const d = responseEvent("[DONE]");
    const source = cold("r-m-t-d-t-|", { r, m, t, d });
    const subs = "        ^---------!";
    const expected = "    r-m-E-d-t-|";

    const E = { end: "final: natural", terminal: t };
    expectObservable(source.pipe(detect())).toBe(expected, { r, m, t, d, E });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("a finished continuation is read no further: the fold ends with its terminal", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const t = completed({ reasoning: 291 });
    const source = cold("r-m-t-d-|", { r, m, t, d: responseEvent("[DONE]") });
    const subs = "        ^---!";
    const expected = "    r-m-(E|)";

    const E = { end: "final: natural", terminal: t };
    expectObservable(source.pipe(detect({ round: 2 }))).toBe(expected, { r, m, E });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

describe("a round without terminal has its end where the stream has", () => {
  test("that just ends", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("r-m---|", { r, m });
      const subs = "        ^-----!";
      const expected = "    r-m---(E|)";

      expectObservable(source.pipe(detect())).toBe(expected, { r, m, E: { end: "final: no_terminal" } });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("that dies", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("r-m---#", { r, m }, "reset");
      const subs = "        ^-----!";
      const expected = "    r-m---(E|)";

      const E = { end: "final: no_terminal", failure: { error: "reset" } };
      expectObservable(source.pipe(detect())).toBe(expected, { r, m, E });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("that could not be opened", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<ResponseEvent>("--#", {}, "refused");
      const subs = "                       ^-!";
      const expected = "                   --(E|)";

      const E = { end: "final: no_terminal", failure: { error: "refused" } };
      expectObservable(source.pipe(detect({ round: 2 }))).toBe(expected, { E });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test.each([
    ["was refused", false, "no_terminal"],
    ["is longer than may be collected", true, "hold_limit"],
  ])("that %s", (_, tooLong, reason) => {
    const answer = { status: 429, statusText: "", headers: [], body: Readable.from([]) };
    const error = new RoundRejected(answer, tooLong);
    marbles(({ cold, expectObservable }) => {
      const source = cold<ResponseEvent>("--#", {}, error);
      const expected = "                   --(E|)";

      const E = { end: `final: ${reason}`, failure: { error } };
      expectObservable(source.pipe(detect({ round: 2 }))).toBe(expected, { E });
    });
  });

  test("whose terminal is cut short", () => {
    marbles(({ cold, expectObservable }) => {
      const t = responseEvent('{"type":"response.completed","response":{"usage":');
      const source = cold("r-t-|", { r, t });
      const expected = "   r-t-(E|)";

      expectObservable(source.pipe(detect())).toBe(expected, { r, t, E: { end: "final: no_terminal" } });
    });
  });
});

test("a terminal that reports no usage ends its round as well", () => {
  marbles(({ cold, expectObservable }) => {
    const t = completed({ response: { usage: undefined } });
    const source = cold("r-m-t|", { r, m, t });
    const expected = "    r-m-E|";

    expectObservable(source.pipe(detect())).toBe(expected, {
      ...{ r, m },
      E: { end: "final: natural", terminal: t },
    });
  });
});

test("an error behind the terminal changes nothing", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const t = completed();
    const source = cold("m-t-#", { m, t });
    const subs = "        ^---!";
    const expected = "    m-E-|";

    expectObservable(source.pipe(detect())).toBe(expected, { m, E: { end: "final: natural", terminal: t } });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("unsubscribing lets go of the upstream", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("r-m-t-|", { r, m, t: completed() });
    const subs = "        ^-!";
    const expected = "    r-(m|)";

    expectObservable(source.pipe(detect(), take(2))).toBe(expected, { r, m });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

describe("the verdict", () => {
  /** One round, and what its end says. */
  function endOf(events: ResponseEvent[], options: Partial<DetectOptions> = {}): object {
    let end: object = {};
    marbles(({ cold }) => {
      const [first, second, third, terminal] = events as [
        ResponseEvent,
        ResponseEvent,
        ResponseEvent,
        ResponseEvent,
      ];
      cold("(abct)", { a: first, b: second, c: third, t: terminal })
        .pipe(detect(options))
        .subscribe((signal) => {
          if (typeof signal === "object" && signal !== null && "end" in signal) end = signal;
        });
    });
    return end;
  }
  const round = (terminal: ResponseEvent, thought = r) => [a, thought, m, terminal];

  test.each([
    ["failed", failed()],
    ["incomplete", incomplete()],
    ["error", responseEvent('{"type":"error","code":"server_error"}')],
  ])("a round that ended as %s is not continued", (_, t) => {
    expect(endOf(round(t))).toMatchObject({ end: "final: not_completed", tier: undefined, terminal: t });
  });

  test("an incomplete round on the fingerprint is not continued", () => {
    const usage = { output_tokens_details: { reasoning_tokens: 516 } };
    const t = responseEvent(JSON.stringify({ type: "response.incomplete", response: { usage } }));

    expect(endOf(round(t))).toMatchObject({ end: "final: not_completed", tier: undefined });
  });

  test("the early encrypted content of an added item is nothing to replay", () => {
    const thought = itemDone(reasoning("rs_1", { encrypted_content: undefined }));

    expect(endOf(round(completed({ reasoning: 516 }), thought))).toMatchObject({
      end: "final: no_encrypted_content",
      tier: 1,
    });
  });

  test("a barred round says why, and its tier", () => {
    expect(endOf(round(completed({ reasoning: 1034 })), { barred: "max_continue" })).toMatchObject({
      end: "final: max_continue",
      tier: 2,
    });
  });

  test("a continuation that did not reason has stalled", () => {
    expect(endOf(round(completed({ reasoning: 0 })), { round: 2 })).toMatchObject({
      end: "continue: stalled",
    });
  });

  test("the tokens of earlier rounds count against the budget", () => {
    const fold = { ...DEFAULT_FOLD_OPTIONS, maxBilledTokens: 5000 };
    const t = completed({ reasoning: 516 });

    expect(endOf(round(t), { fold, round: 2, billedBefore: 0 })).toMatchObject({
      end: "continue: fingerprint",
    });
    expect(endOf(round(t), { fold, round: 2, billedBefore: 4900 })).toMatchObject({
      end: "final: max_billed_tokens",
    });
  });
});

test("the end carries number and usage of its round", () => {
  marbles(({ cold, expectObservable }) => {
    const t = completed({ reasoning: 516, input: 100, cached: 64, output: 600 });
    const source = cold("t", { t });
    const facts = source.pipe(
      detectFingerprint({
        round: 3,
        barred: undefined,
        billedBefore: 0,
        model: "gpt-5.5",
        effort: undefined,
        fold: DEFAULT_FOLD_OPTIONS,
      }),
      map((signal) => (signal.kind === "round_end" ? [signal.round, signal.usage] : [])),
    );

    const usage = { input: 100, cached: 64, output: 600, reasoning: 516, total: 700 };
    expectObservable(facts).toBe("(E|)", { E: [3, usage] });
  });
});

test("state belongs to a subscription", () => {
  marbles(({ cold, expectObservable }) => {
    const t = completed({ reasoning: 516 });
    const source = cold("r-t|", { r, t }).pipe(detect());
    const E = { end: "continue: fingerprint", tier: 1, terminal: t };

    expectObservable(source, "^---").toBe("r-(E|)", { r, E });
    expectObservable(source, "----^---").toBe("----r-(E|)", { r, E });
  });
});

test("deltas are not parsed", () => {
  const parse = vi.spyOn(JSON, "parse");
  of(delta("x"), delta("y")).pipe(detect()).subscribe();

  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});
