import { describe, expect, it } from "vitest";
import { idAt, line, read, reasoning, session, tokens, turn } from "../../commands/scan/logs.js";

const parent = [
  session(idAt(0)),
  turn(idAt(1)),
  tokens(516, 516),
  tokens(100, 616),
  turn(idAt(2), "gpt-5.6-luna", "low"),
  tokens(1034, 1650),
];

describe("responseReader", () => {
  it("takes model and effort from the turn's context", () => {
    expect(read(parent).map(({ model, effort, reasoning }) => [model, effort, reasoning])).toEqual([
      ["gpt-5.5", "high", 516],
      ["gpt-5.5", "high", 100],
      ["gpt-5.6-luna", "low", 1034],
    ]);
  });

  it("takes the last response's count, not the session's", () => {
    expect(reasoning([turn(), tokens(10, 5000)])).toEqual([10]);
  });

  it("takes the time of the record", () => {
    const [response] = read([tokens(1, 1, "2026-03-04T05:06:07.000Z")]);
    expect(response?.time).toBe(Date.UTC(2026, 2, 4, 5, 6, 7));
  });

  it("says so where model and effort are not told", () => {
    expect(read([tokens(1, 1), turn(undefined, "o3", ""), tokens(2, 3)])).toMatchObject([
      { model: "unknown", effort: "default" },
      { model: "o3", effort: "default" },
    ]);
  });

  it("counts a response once when its count is written again", () => {
    expect(reasoning([turn(), tokens(516, 516), tokens(516, 516), tokens(516, 1032)])).toEqual([516, 516]);
  });

  it("leaves out counts that tell nothing", () => {
    const empty = line("event_msg", { type: "token_count", info: null, rate_limits: {} });
    expect(reasoning([turn(), empty, tokens(516, 516)])).toEqual([516]);
  });

  it("reads on after lines that are torn or no JSON", () => {
    expect(reasoning([tokens(1, 1), tokens(5, 6).slice(0, 90), "?", "", tokens(2, 3)])).toEqual([1, 2]);
  });

  it("does not take a message that looks like a record for one", () => {
    const quoted = line("response_item", { type: "message", content: [{ text: tokens(516, 516) }] });
    expect(reasoning([turn(), quoted])).toEqual([]);
  });

  it("gives nothing twice where a fork repeats its origin", () => {
    const fork = [session(idAt(10), idAt(0)), ...parent, turn(idAt(11)), tokens(7, 1657)];
    expect(reasoning(parent, fork)).toEqual([516, 100, 1034, 7]);
    // Its origin is older than what was asked for.
    expect(reasoning(fork)).toEqual([7]);
  });

  it("knows a fork's copied counts again where turns have no ids", () => {
    const old = [session("a"), turn(), tokens(516, 516), tokens(100, 616)];
    expect(reasoning(old, [session("b", "a"), ...old, turn(), tokens(7, 623)])).toEqual([516, 100, 7]);
    expect(reasoning(old, [session("b"), ...old, turn(), tokens(7, 623)])).toEqual([516, 100, 7]);
  });

  it("counts equal responses of sessions that have nothing to do with each other", () => {
    const one = (id: string) => [session(id), turn(), tokens(516, 516)];
    expect(reasoning(one("a"), one("b"))).toEqual([516, 516]);
  });
});
