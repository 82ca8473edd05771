import { Subject, filter, map, take, type OperatorFunction } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { holdTentative, type HoldOptions } from "../../src/operators/holdTentative.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import type { RoundEnd, RoundSignal, Verdict } from "../../src/protocol/signals.js";
import {
  comment,
  created,
  delta,
  event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  rateLimits,
  reasoning,
  summaryDelta,
  webSearch,
} from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";
import { roundEnd } from "./roundEnds.js";

const at = (output_index: number) => ({ output_index });

const r = itemDone(reasoning("rs_1"));
const m = itemAdded(message("29"), at(1));
const d = delta("29", at(1));
const M = itemDone(message("29"), at(1));
const s = itemDone(reasoning("rs_2"), at(2));
const c = itemDone(functionCall("shell"), at(3));
const q = rateLimits();
const H = { kind: "hold_start" } as const;
const R = { kind: "hold_release" } as const;

const NATURAL: Verdict = { action: "final", reason: "natural" };

const E = roundEnd(1);

/** The operator, with a round's end told in a few words. */
function hold(options: Partial<HoldOptions> = {}): OperatorFunction<RoundSignal, unknown> {
  return (source) =>
    source.pipe(
      holdTentative({ barred: undefined, maxHeldBytes: 1e6, ...options }),
      map((signal) => (signal.kind === "round_end" ? inBrief(signal) : signal)),
    );
}

function inBrief({ verdict, shown, held }: RoundEnd) {
  return { end: `${verdict.action}: ${verdict.reason}`, shown, held };
}

describe("what is held", () => {
  test("thinking is live, an answer waits for the round's end", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<RoundSignal>("r-m-d-M-(E|)", { r, m, d, M, E });
      const subs = "                     ^-------!";
      const expected = "                 r-H-----(F|)";

      const F = { end: "continue: fingerprint", shown: [r], held: [m, d, M] };
      expectObservable(source.pipe(hold())).toBe(expected, { r, H, F });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("what stood before its response is let out with the announcement; what belongs to it is held", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const l = delta("late");
      const a = created();
      const source = cold<RoundSignal>("l-a-----r-m-d-(E|)", { l, a, r, m, d, E });
      const subs = "                     ^-------------!";
      const expected = "                 H-(Rla)-r-H---(F|)";

      const F = { end: "continue: fingerprint", shown: [r], held: [m, d] };
      expectObservable(source.pipe(hold())).toBe(expected, { H, R, l, a, r, F });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test.each([
    ["one text after the other, of an item that was not announced", [d, delta("30", at(1))]],
    ["a second announcement of the response behind an item", [m, created()]],
  ])("stays held: %s", (_, [t, u]) => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("t-u-(E|)", { t: t as ResponseEvent, u: u as ResponseEvent, E });
      const expected = "                 H---(F|)";

      const F = { end: "continue: fingerprint", shown: [], held: [t, u] };
      expectObservable(source.pipe(hold())).toBe(expected, { H, F });
    });
  });

  test("hosted tools are part of the thinking", () => {
    marbles(({ cold, expectObservable }) => {
      const w = itemAdded(webSearch(), at(1));
      const x = event("response.web_search_call.searching", at(1));
      const W = itemDone(webSearch(), at(1));
      const source = cold<RoundSignal>("r-w-x-W-s-(E|)", { r, w, x, W, s, E });
      const expected = "                 r-w-x-W-s-(F|)";

      const F = { end: "continue: fingerprint", shown: [r, W, s], held: [] };
      expectObservable(source.pipe(hold())).toBe(expected, { r, w, x, W, s, F });
    });
  });

  test.each([
    ["a function call", itemAdded(functionCall("shell"))],
    ["an item type that is not known", itemAdded({ type: "new_item" })],
    ["an item that only ever is done", itemDone(message("29"))],
    ["text of an item that was not announced", delta("29")],
    ["a refusal", event("response.refusal.delta", { delta: "no" })],
    ["arguments", event("response.function_call_arguments.delta", { delta: "{" })],
    ["a custom tool's input", event("response.custom_tool_call_input.delta", { delta: "*" })],
    ["a delta without any number", responseEvent('{"type":"response.output_text.delta","delta":"29"}')],
    ["an item without any number", responseEvent('{"type":"response.output_item.done","item":{}}')],
  ])("%s is tentative", (_, t) => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("r-t-(E|)", { r, t, E });
      const expected = "                 r-H-(F|)";

      const F = { end: "continue: fingerprint", shown: [r], held: [t] };
      expectObservable(source.pipe(hold())).toBe(expected, { r, H, F });
    });
  });

  test("from the first tentative item on everything waits in its place, later reasoning too", () => {
    marbles(({ cold, expectObservable }) => {
      const h = summaryDelta("hm", at(2));
      const source = cold<RoundSignal>("r-m-M-h-s-c-(E|)", { r, m, M, h, s, c, E });
      const expected = "                 r-H---------(F|)";

      const F = { end: "continue: fingerprint", shown: [r], held: [m, M, h, s, c] };
      expectObservable(source.pipe(hold())).toBe(expected, { r, H, F });
    });
  });

  test("what belongs to no response does not wait", () => {
    marbles(({ cold, expectObservable }) => {
      const t = event("response.metadata", { headers: { "x-codex-turn-state": "s" } });
      const source = cold<RoundSignal>("q-m-q-t-(E|)", { q, m, t, E });
      const expected = "                 q-H-q-t-(F|)";

      const F = { end: "continue: fingerprint", shown: [], held: [m] };
      expectObservable(source.pipe(hold())).toBe(expected, { H, q, t, F });
    });
  });

  test("comments and text that is no JSON keep their place", () => {
    marbles(({ cold, expectObservable }) => {
      const p = comment("ping");
      const j = responseEvent("junk");
      const source = cold<RoundSignal>("p-m-p-j-(E|)", { p, m, j, E });
      const expected = "                 p-H-----(F|)";

      const F = { end: "continue: fingerprint", shown: [], held: [m, p, j] };
      expectObservable(source.pipe(hold())).toBe(expected, { H, p, F });
    });
  });

  test("a natural end takes what was held with it too: who releases it is not this operator's business", () => {
    marbles(({ cold, expectObservable }) => {
      const D = responseEvent("[DONE]");
      const source = cold<RoundSignal>("r-m-E-D-|", { r, m, E: roundEnd(1, { verdict: NATURAL }), D });
      const expected = "                 r-H-F-D-|";

      const F = { end: "final: natural", shown: [r], held: [m] };
      expectObservable(source.pipe(hold())).toBe(expected, { r, H, F, D });
    });
  });
});

describe("a round that cannot be continued", () => {
  test("streams live", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const end = roundEnd(1, { verdict: { action: "final", reason: "max_continue" } });
      const a = created();
      const source = cold<RoundSignal>("a-r-m-d-M-c-(E|)", { a, r, m, d, M, c, E: end });
      const subs = "                     ^-----------!";
      const expected = "                 a-r-m-d-M-c-(F|)";

      const F = { end: "final: max_continue", shown: [r, M, c], held: [] };
      expectObservable(source.pipe(hold({ barred: "max_continue" }))).toBe(expected, { a, r, m, d, M, c, F });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });
});

describe("a decision to go live", () => {
  /** As the rule has it, without sizes: one thought and nothing else. */
  const decide: HoldOptions["decide"] = ({ items, open, hostedTool }) => ({
    live: items === 1 && open === 0 && !hostedTool,
    bytes: 0,
    reason: "",
  });
  const o = itemAdded(reasoning("rs_2"), at(2));

  test("lets an answer go out, until the round thinks again", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<RoundSignal>("r-m-d-M-o-s-c-(E|)", { r, m, d, M, o, s, c, E });
      const subs = "                     ^-------------!";
      const expected = "                 r-m-d-M-o-s-H-(F|)";

      const F = { end: "continue: fingerprint", shown: [r, M, s], held: [c] };
      expectObservable(source.pipe(hold({ decide }))).toBe(expected, { r, m, d, M, o, s, H, F });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("stands for an answer that has begun, whatever is thought beside it", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("r-m-o-d-s-M-(E|)", { r, m, d, M, o, s, E });
      const expected = "                 r-m-o-d-s-M-(F|)";

      const F = { end: "continue: fingerprint", shown: [r, s, M], held: [] };
      expectObservable(source.pipe(hold({ decide }))).toBe(expected, { r, m, d, M, o, s, F });
    });
  });

  test("stands for it by its place alone: some backends give an item another id in each event", () => {
    marbles(({ cold, expectObservable }) => {
      const e = itemAdded(message("29", { id: "msg_a" }), at(1));
      const f = delta("29", { ...at(1), item_id: "msg_b" });
      const M = itemDone(message("29", { id: "msg_c" }), at(1));
      const source = cold<RoundSignal>("r-e-o-f-M-(E|)", { r, e, o, f, M, E });
      const expected = "                 r-e-o-f-M-(F|)";

      const F = { end: "continue: fingerprint", shown: [r, M], held: [] };
      expectObservable(source.pipe(hold({ decide }))).toBe(expected, { r, e, o, f, M, F });
    });
  });

  test("the rest of an answer that has begun waits in its place behind what is held", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("r-m-s-c-d-M-(E|)", { r, m, d, M, s, c, E });
      const expected = "                 r-m-s-H-----(F|)";

      const F = { end: "continue: fingerprint", shown: [r, s], held: [c, d, M] };
      expectObservable(source.pipe(hold({ decide }))).toBe(expected, { r, m, s, H, F });
    });
  });

  test.each([
    ["done", itemDone(functionCall("shell"), at(1))],
    ["begun", itemAdded(functionCall("shell"), at(1))],
  ])("a call that is %s makes the round final: it may run already", (_, call) => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("r-k-o-s-m-(E|)", {
        r,
        k: call,
        o,
        s,
        m: itemAdded(message("29"), at(3)),
        E,
      });
      const expected = "                 r-k-o-s-H-(F|)";

      const F = {
        end: "final: released_live",
        shown: call.type.endsWith("done") ? [r, call, s] : [r, s],
        held: [itemAdded(message("29"), at(3))],
      };
      expectObservable(source.pipe(hold({ decide }))).toBe(expected, { r, k: call, o, s, H, F });
    });
  });

  test("what is not known is held, and what comes behind it", () => {
    marbles(({ cold, expectObservable }) => {
      const u = itemAdded({ type: "new_item" }, at(1));
      const source = cold<RoundSignal>("r-u-M-(E|)", { r, u, M, E });
      const expected = "                 r-H---(F|)";

      const F = { end: "continue: fingerprint", shown: [r], held: [u, M] };
      expectObservable(source.pipe(hold({ decide }))).toBe(expected, { r, H, F });
    });
  });
});

describe("the round's end says why", () => {
  /** As many decisions as there are words, in their order. */
  const deciding = (...words: string[]): HoldOptions["decide"] => {
    const decisions = words.map((word) => ({ live: word.startsWith("live"), bytes: 0, reason: word }));
    return () => decisions.shift() ?? { live: false, bytes: 0, reason: "asked too often" };
  };
  const n = itemAdded(message("21", { id: "msg_2" }), at(3));

  test.each([
    ["output was held", deciding("hold"), "hold"],
    ["it went out live", deciding("live: no thinking"), "live: no thinking"],
    ["it went out live at last", deciding("live: small", "live: still small"), "live: still small"],
    ["it went out live before the rest was held", deciding("live: small", "hold"), "live: small"],
    ["it is always held", undefined, "always held"],
  ])("%s", (_, decide, reason) => {
    const options = { barred: undefined, maxHeldBytes: 1e6, ...(decide && { decide }) };
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("m-n-(E|)", { m, n, E });
      const why = source.pipe(
        holdTentative(options),
        filter((signal) => signal.kind === "round_end"),
        map(({ live }) => live),
      );

      expectObservable(why).toBe("----(L|)", { L: { live: reason.startsWith("live"), bytes: 0, reason } });
    });
  });
});

describe("the byte limit", () => {
  const size = (...events: ResponseEvent[]) =>
    events.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);

  test("up to it all is held", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("m-d-(E|)", { m, d, E });
      const expected = "                 H---(F|)";

      const F = { end: "continue: fingerprint", shown: [], held: [m, d] };
      expectObservable(source.pipe(hold({ maxHeldBytes: size(m, d) }))).toBe(expected, { H, F });
    });
  });

  test("past it all goes out, and the round is live and final", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<RoundSignal>("r-m-M----s-m-(E|)", { r, m, M, s, E });
      const subs = "                     ^------------!";
      const expected = "                 r-H-(RmM)s-m-(F|)";

      const F = { end: "final: hold_limit", shown: [r, M, s], held: [] };
      const limit = size(m, M) - 1;
      expectObservable(source.pipe(hold({ maxHeldBytes: limit }))).toBe(expected, { r, H, R, m, M, s, F });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("past it the verdict of a finished answer stays what it was", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("m----(E|)", { m, E: roundEnd(1, { verdict: NATURAL }) });
      const expected = "                 (HRm)(F|)";

      const F = { end: "final: natural", shown: [], held: [] };
      expectObservable(source.pipe(hold({ maxHeldBytes: 1 }))).toBe(expected, { H, R, m, F });
    });
  });

  test("it counts bytes, not characters", () => {
    marbles(({ cold, expectObservable }) => {
      const t = delta("糖".repeat(100), at(1));
      const source = cold<RoundSignal>("t----(E|)", { t, E });
      const expected = "                 (HRt)(F|)";

      const F = { end: "final: hold_limit", shown: [], held: [] };
      const limit = t.data.length + 100;
      expectObservable(source.pipe(hold({ maxHeldBytes: limit }))).toBe(expected, { H, R, t, F });
    });
  });
});

describe("a verdict to continue that comes too late", () => {
  test("a call that went out may have run: the round is final", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("c-(E|)", { c, E });
      const expected = "                 c-(F|)";

      const F = { end: "final: released_live", shown: [c], held: [] };
      expectObservable(source.pipe(hold({ barred: "max_continue" }))).toBe(expected, { c, F });
    });
  });

  test("a message that went out is part of the turn, and stops nothing", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<RoundSignal>("M-(E|)", { M, E });
      const expected = "                 M-(F|)";

      const F = { end: "continue: fingerprint", shown: [M], held: [] };
      expectObservable(source.pipe(hold({ barred: "max_continue" }))).toBe(expected, { M, F });
    });
  });
});

test("errors pass, without what was held", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold<RoundSignal>("r-m-#", { r, m });
    const subs = "                     ^---!";
    const expected = "                 r-H-#";

    expectObservable(source.pipe(hold())).toBe(expected, { r, H });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("unsubscribing during a hold lets go of the upstream", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold<RoundSignal>("r-m-d-M-(E|)", { r, m, d, M, E });
    const unsub = "                    -----!";
    const subs = "                     ^----!";
    const expected = "                 r-H---";

    expectObservable(source.pipe(hold()), unsub).toBe(expected, { r, H });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("unsubscribing on a held event's release stops the rest", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold<RoundSignal>("m-d---M-(E|)", { m, d, M, E });
    const subs = "                     ^-!";
    const expected = "                 H-(Rm|)";

    const limit = m.data.length;
    expectObservable(source.pipe(hold({ maxHeldBytes: limit }), take(3))).toBe(expected, { H, R, m });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("state belongs to a subscription", () => {
  marbles(({ cold, expectObservable }) => {
    const held = cold<RoundSignal>("m-(E|)", { m, E }).pipe(hold());
    const F = { end: "continue: fingerprint", shown: [], held: [m] };

    expectObservable(held, "^---").toBe("H-(F|)", { H, F });
    expectObservable(held, "----^---").toBe("----H-(F|)", { H, F });
  });
});

test.each([
  ["was held", hold(), [m]],
  ["went live", hold({ decide: () => ({ live: true, bytes: 0, reason: "" }) }), [m]],
  ["was not announced", hold(), []],
])("deltas of an answer that %s are not parsed", (_, operator, before) => {
  const turn = new Subject<ResponseEvent>();
  turn.pipe(operator).subscribe();
  before.forEach((one) => turn.next(one));
  const parse = vi.spyOn(JSON, "parse");
  [summaryDelta("x"), delta("x", at(1)), delta("y", at(1))].forEach((one) => turn.next(one));

  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});
