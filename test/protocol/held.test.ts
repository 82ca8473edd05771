import { describe, expect, test } from "vitest";
import type { JsonObject, ResponseEvent } from "../../src/protocol/event.js";
import { responseEvent } from "../../src/protocol/event.js";
import { heldItemTypes, splitHeld } from "../../src/protocol/held.js";
import {
  comment,
  delta,
  event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  reasoning,
  summaryDelta,
  webSearch,
} from "../../src/testing/events.js";

const whole = (item: JsonObject, output_index: number, ...between: ResponseEvent[]) => [
  itemAdded(item, { output_index }),
  ...between,
  itemDone(item, { output_index }),
];

describe("splitHeld", () => {
  test("parts by item, each part in upstream order", () => {
    const answer = whole(message("29"), 1, delta("2", { output_index: 1 }), delta("9", { output_index: 1 }));
    const thought = whole(reasoning("rs_2"), 2, summaryDelta("hm", { output_index: 2 }));
    const search = whole(webSearch(), 3, event("response.web_search_call.searching", { output_index: 3 }));
    const call = whole(functionCall("shell"), 4);

    expect(splitHeld([...answer, ...thought, ...search, ...call])).toEqual({
      thinking: [...thought, ...search],
      tentative: [...answer, ...call],
    });
  });

  test("what had begun live is kept to its end", () => {
    const call = whole(functionCall("shell"), 2);
    const [, text, done] = whole(message("29"), 1, delta("9", { output_index: 1 }));

    expect(splitHeld([...call, text!, done!], new Set([1]))).toEqual({
      thinking: [text, done],
      tentative: call,
    });
  });

  test("events between are told apart by their index", () => {
    const [added, done] = whole(message("29"), 1) as [ResponseEvent, ResponseEvent];
    const [thought, thoughtDone] = whole(reasoning("rs_2"), 2) as [ResponseEvent, ResponseEvent];
    const text = delta("29", { output_index: 1 });
    const summary = summaryDelta("hm", { output_index: 2 });

    expect(splitHeld([added, thought, text, summary, done, thoughtDone])).toEqual({
      thinking: [thought, summary, thoughtDone],
      tentative: [added, text, done],
    });
  });

  test("the rest of a reasoning item that began before the hold is thinking", () => {
    const summary = summaryDelta("hm", { output_index: 0 });
    const done = itemDone(reasoning(), { output_index: 0 });

    expect(splitHeld([itemAdded(message("29"), { output_index: 1 }), summary, done]).thinking).toEqual([
      summary,
      done,
    ]);
  });

  test("items without an index are known by their id", () => {
    const thought = itemDone(reasoning("rs_2"), { output_index: undefined });
    const summary = summaryDelta("hm", { output_index: undefined, item_id: "rs_2" });
    const text = delta("29", { output_index: undefined, item_id: "msg_1" });
    const answer = itemDone(message("29"), { output_index: undefined });

    expect(splitHeld([summary, thought, text, answer])).toEqual({
      thinking: [summary, thought],
      tentative: [text, answer],
    });
  });

  test("a delta that names no item is tentative", () => {
    const thought = itemDone(reasoning("rs_2"), { output_index: undefined });
    const text = delta("29", { output_index: undefined });

    expect(splitHeld([thought, text]).tentative).toEqual([text]);
  });

  test("what is no event of the response is not lost with the answer", () => {
    const ping = comment("ping");
    const junk = responseEvent("<junk>");

    expect(splitHeld([...whole(message("29"), 0), ping, junk]).thinking).toEqual([ping, junk]);
  });
});

test("heldItemTypes names each item once, in order", () => {
  const held = [
    ...whole(message("29"), 1, delta("29", { output_index: 1 })),
    ...whole(functionCall("shell"), 2),
    itemAdded({ id: "x" }, { output_index: 3 }),
    itemAdded(message("no index"), { output_index: undefined }),
    itemDone(message("no index"), { output_index: undefined }),
  ];

  expect(heldItemTypes(held)).toEqual(["message", "function_call", "unknown", "message"]);
});

test("heldItemTypes counts no event but an item's own", () => {
  const held = [
    itemAdded(message("29"), { output_index: 1 }),
    delta("29", { output_index: 1 }),
    comment("ping"),
  ];

  expect(heldItemTypes(held)).toEqual(["message"]);
});
