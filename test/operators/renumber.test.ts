import { of, take, toArray } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { renumber } from "../../src/operators/renumber.js";
import { responseEvent, type JsonObject, type ResponseEvent } from "../../src/protocol/event.js";
import type { TurnSignal } from "../../src/protocol/signals.js";
import {
  comment,
  completed,
  created,
  delta,
  event,
  functionCall,
  inProgress,
  itemAdded,
  itemDone,
  message,
  rateLimits,
  reasoning,
  webSearch,
} from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";
import { ended } from "./roundEnds.js";

const S = { kind: "round_start", round: 2 } as const;
const H = { kind: "hold_start" } as const;
const R = { kind: "hold_release" } as const;
const E = ended(1, "natural", { tier: undefined, terminal: undefined });
const T = { kind: "turn_end", rounds: [E], released: E, reason: "natural", given: [] } as const;

const place = (sequence_number: number, output_index?: number): JsonObject => ({
  ...(output_index !== undefined && { output_index }),
  sequence_number,
});
const rs1 = reasoning("rs_1");
const rs2 = reasoning("rs_2");
const answer = message("21");

/** What the client gets of these. */
function renumbered(...turn: TurnSignal[]): ResponseEvent[] {
  let events: ResponseEvent[] = [];
  of(...turn)
    .pipe(renumber(), toArray())
    .subscribe((all) => (events = all));
  return events;
}
const numbers = (events: ResponseEvent[]) =>
  events.map(({ json }) => [json?.["sequence_number"], json?.["output_index"]]);

describe("a turn that nothing shifted", () => {
  test("passes as the events that came, and without the signals", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = {
        c: created({}, place(0)),
        a: itemAdded(rs1, place(1, 0)),
        d: delta("x", place(2, 0)),
        q: rateLimits(),
        t: completed({ fields: place(3) }),
        ...{ H, R, E, T },
      };
      const turn = cold<TurnSignal>("c-a-H-q-R-d-E-t-T-|", values);
      const subs = "                 ^-----------------!";
      const expected = "             c-a---q---d---t---|";

      expectObservable(turn.pipe(renumber())).toBe(expected, values);
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test.each([
    ["null", '{"type":"response.metadata","sequence_number":null}'],
    ["another's", '{"type":"codex.rate_limits","headers":{"sequence_number":9}}'],
    ["null, in an event of the response", '{"type":"response.future","sequence_number" : null}'],
  ])("goes on behind the last number: %s is none", (_, unnumbered) => {
    const events = renumbered(
      created({}, place(0)),
      inProgress({}, place(1)),
      responseEvent(unnumbered),
      S,
      delta("x", place(4)),
    );
    expect(events.at(-1)?.json).toMatchObject({ sequence_number: 2 });
  });

  test("keeps whatever numbers the upstream gave", () => {
    const odd = [delta("a", place(7, 3)), delta("b", place(7, 9)), responseEvent("[DONE]"), comment("ping")];

    expect(renumbered(...odd)).toEqual(odd);
    renumbered(H, ...odd).forEach((event, index) => expect(event).toBe(odd[index]));
  });

  test("may have events that a user's operator made by hand", () => {
    const { type, data, json } = delta("x", place(0, 0));

    expect(renumbered({ type, data, json })).toEqual([{ type, data, json }]);
    expect(numbers(renumbered(S, delta("a", place(7)), { type, data, json }))).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  test("costs no parsing of deltas", () => {
    const parse = vi.spyOn(JSON, "parse");
    renumbered(delta("a", place(7, 3)), delta("b", place(8, 3)));

    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});

describe("a fold", () => {
  test("costs no parsing of deltas either", () => {
    const turn = [delta("a", place(7, 3)), S, delta("b", place(8, 3)), delta("c", place(9, 3))] as const;
    const parse = vi.spyOn(JSON, "parse");
    renumbered(...turn);

    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  test("counts on from what the client had, in numbers and in items", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const turn = cold<TurnSignal>("c-a-d-S-e-f-g-t-|", {
        c: created({}, place(0)),
        a: itemAdded(rs1, place(1, 0)),
        d: itemDone(rs1, place(2, 0)),
        S,
        // round 2 counts from its own created and in_progress, which do not go out
        e: itemAdded(answer, place(2, 0)),
        f: delta("21", place(3, 0)),
        g: itemDone(answer, place(4, 0)),
        t: completed({ fields: place(5) }),
      });
      const subs = "                 ^---------------!";
      const expected = "             c-a-d---e-f-g-t-|";

      expectObservable(turn.pipe(renumber())).toBe(expected, {
        c: created({}, place(0)),
        a: itemAdded(rs1, place(1, 0)),
        d: itemDone(rs1, place(2, 0)),
        e: itemAdded(answer, place(3, 1)),
        f: delta("21", place(4, 1)),
        g: itemDone(answer, place(5, 1)),
        t: completed({ fields: place(6) }),
      });
      expectSubscriptions(turn.subscriptions).toBe(subs);
    });
  });

  test("leaves no gap for what was dropped, nor for thinking that came behind it", () => {
    const events = renumbered(
      itemAdded(rs1, place(2, 0)),
      itemDone(rs1, place(3, 0)),
      S,
      // index 1 was an answer
      itemAdded(rs2, place(8, 2)),
      itemDone(rs2, place(9, 2)),
      itemAdded(answer, place(2, 0)),
      itemDone(answer, place(3, 0)),
    );

    expect(numbers(events)).toEqual([
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 1],
      [6, 2],
      [7, 2],
    ]);
  });

  test("tells items apart that are open at the same time", () => {
    const events = renumbered(
      itemDone(rs1, place(0, 0)),
      S,
      itemAdded(webSearch(), place(0, 0)),
      itemAdded(answer, place(1, 1)),
      event("response.web_search_call.searching", place(2, 0)),
      delta("21", place(3, 1)),
      itemDone(answer, place(4, 1)),
      itemDone(webSearch(), place(5, 0)),
    );

    expect(numbers(events).map(([, index]) => index)).toEqual([0, 1, 2, 1, 2, 2, 1]);
  });

  test("gives an item that only ever is done its own place", () => {
    const events = renumbered(S, itemDone(rs1, place(0, 0)), itemDone(answer, place(1, 0)));

    expect(numbers(events)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test("a released round keeps its places behind a continuation that died in an open item", () => {
    const call = functionCall("shell");
    const events = renumbered(
      itemDone(rs1, place(0, 0)),
      S,
      itemAdded(rs2, place(2, 0)),
      itemAdded(answer, place(1, 1)),
      itemDone(answer, place(2, 1)),
      itemAdded(call, place(3, 2)),
      itemDone(call, place(4, 2)),
    );

    expect(numbers(events)).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3],
    ]);
  });

  test("leaves events without numbers, and what is no JSON, as they were", () => {
    const plain = [
      rateLimits(),
      comment("ping"),
      responseEvent('{"type":"response.output_text.delta","sequence_number":1'),
      responseEvent('{"type":"response.metadata","headers":{"sequence_number":1,"output_index":2}}'),
      responseEvent('{"type":"response.output_text.delta","delta":"\\"sequence_number\\":3"}'),
    ];

    renumbered(S, ...plain).forEach((event, index) => expect(event).toBe(plain[index]));
  });

  test("numbers nothing for a backend that numbers nothing", () => {
    const bare = { output_index: undefined };
    const events = [itemDone(rs1, bare), itemDone(answer, bare)];

    expect(renumbered(S, ...events)).toEqual(events);
  });

  test("changes the numbers and no other byte", () => {
    const text =
      '{ "type":"response.output_item.done", "item":{"n":9007199254740993,"output_index":5,"t":1.0}, "output_index" : 4,\n"sequence_number":9 ,"z":"\\u00e9"}';

    const [event] = renumbered(S, responseEvent(text, { event: "x", id: "1" }));

    expect(event).toMatchObject({
      data: text
        .replace('"output_index" : 4', '"output_index" : 0')
        .replace('"sequence_number":9', '"sequence_number":0'),
      framing: { event: "x", id: "1" },
    });
  });

  test("counts on from numbers with white space before the colon", () => {
    const first = responseEvent('{"type":"response.created", "sequence_number" : 4}');

    expect(numbers(renumbered(first, S, delta("x", place(2, 0))))[1]).toEqual([5, 0]);
  });
});

describe("a repeated event", () => {
  const again = responseEvent(inProgress({}, place(1)).data, { repeated: true });

  test("gets the next number, and moves up those behind it", () => {
    const events = renumbered(
      created({}, place(0)),
      inProgress({}, place(1)),
      again,
      again,
      itemAdded(answer, place(2, 0)),
      completed({ fields: place(3) }),
    );

    expect(numbers(events).map(([sequence]) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("leaves places in the output alone", () => {
    const events = renumbered(
      itemDone(rs1, place(0, 0)),
      again,
      itemAdded(answer, place(1, 1)),
      delta("21", place(2, 1)),
      itemDone(answer, place(3, 1)),
    );

    expect(numbers(events)).toEqual([
      [0, 0],
      [1, undefined],
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
  });
});

test("errors pass", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const turn = cold<TurnSignal>("d-#", { d: delta("x") });
    const subs = "                 ^-!";
    const expected = "             d-#";

    expectObservable(turn.pipe(renumber())).toBe(expected, { d: delta("x") });
    expectSubscriptions(turn.subscriptions).toBe(subs);
  });
});

test("unsubscribing lets go of the turn", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const turn = cold<TurnSignal>("d-d-|", { d: delta("x") });
    const subs = "                 ^-!";
    const expected = "             d-(d|)";

    expectObservable(turn.pipe(renumber(), take(2))).toBe(expected, { d: delta("x") });
    expectSubscriptions(turn.subscriptions).toBe(subs);
  });
});

test("state belongs to a subscription", () => {
  marbles(({ cold, expectObservable }) => {
    const turn = cold<TurnSignal>("Sa|", { S, a: itemDone(rs1, place(9, 9)) }).pipe(renumber());
    const a = itemDone(rs1, place(0, 0));

    expectObservable(turn, "^---").toBe("-a|", { a });
    expectObservable(turn, "---^---").toBe("----a|", { a });
  });
});
