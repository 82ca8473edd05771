import { describe, expect, test } from "vitest";
import { pendingEvents } from "../../src/operators/pendingEvents.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";

const event = (type: string, number?: number): ResponseEvent =>
  responseEvent(JSON.stringify({ type, sequence_number: number }));

/** An event whose text has so many characters. */
function sized(length: number): ResponseEvent {
  const [start, end] = ['{"type":"a","fill":"', '"}'];
  return responseEvent(`${start}${"x".repeat(length - start.length - end.length)}${end}`);
}

function entered(events: readonly ResponseEvent[]) {
  const pending = pendingEvents();
  events.forEach((each) => pending.enter(each));
  return pending;
}

describe("what is left of what went in", () => {
  const [a, b, c] = [event("a", 0), event("b", 1), event("b", 2)];

  test("is everything until something comes out, in order", () => {
    expect(entered([a, b, c]).rest()).toEqual([a, b, c]);
  });

  test("is what stands behind the one that came out", () => {
    const pending = entered([a, b, c]);
    pending.leave(b);
    expect(pending.rest()).toEqual([c]);
  });

  test("is what stands behind the one of which a changed version came out: by its type and its number", () => {
    const pending = entered([a, b, c]);
    pending.leave(event("b", 1));
    expect(pending.rest()).toEqual([c]);
  });

  test.each([
    ["another number", event("b", 3)],
    ["another type", event("d", 1)],
    ["no number", event("a")],
  ])("is everything still where what came out has %s", (_, other) => {
    const pending = entered([a, b, c]);
    pending.leave(other);
    expect(pending.rest()).toEqual([a, b, c]);
  });

  test("is found by identity first: events without numbers may look alike", () => {
    const [first, second, third] = [event("a"), event("a"), event("a")];
    const pending = entered([first, second, third]);
    pending.leave(second);
    expect(pending.rest()).toHaveLength(1);
    expect(pending.rest()[0]).toBe(third);
  });
});

describe("an operator that lets nothing out does not fill the memory", () => {
  const MiB = 1024 * 1024;

  test("8 MiB are kept to the last character", () => {
    expect(entered([sized(2 * MiB), sized(6 * MiB)]).rest()).toHaveLength(2);
  });

  test("one more, and the oldest is forgotten, but no other", () => {
    const [first, second, third] = [sized(2 * MiB), sized(3 * MiB), sized(3 * MiB + 1)];
    expect(entered([first, second, third]).rest()).toEqual([second, third]);
  });

  test("as many are forgotten as it takes, one that is too large by itself among them", () => {
    const last = sized(7 * MiB);
    expect(entered([sized(MiB), sized(MiB), last]).rest()).toEqual([sized(MiB), last]);
    expect(entered([sized(MiB), sized(8 * MiB + 1)]).rest()).toEqual([]);
  });

  test("what came out or was forgotten counts no more", () => {
    const [first, second] = [sized(6 * MiB), sized(6 * MiB)];
    const pending = entered([first]);
    pending.leave(first);
    pending.enter(second);
    expect(pending.rest()).toEqual([second]);
    const [third, fourth] = [sized(5 * MiB), sized(3 * MiB)];
    pending.enter(third);
    pending.enter(fourth);
    expect(pending.rest()).toEqual([third, fourth]);
  });
});
