import { describe, expect, test } from "vitest";
import type { Message, RoundEnd, Tokens } from "../../src/page/messages.js";
import { extraOf } from "../../src/page/state/cost.js";
import { axisOf, marksOf, ownAxis, secondsBefore, stretchesOf } from "../../src/page/state/lanes.js";
import { follow, LAST, NOTHING_YET, type Live, type Turn } from "../../src/page/state/live.js";
import { isTier, tierTokens } from "../../src/page/state/tiers.js";

const tokens = (reasoning: number): Tokens => ({
  input: 100,
  cached: 0,
  output: reasoning,
  reasoning,
  total: 100 + reasoning,
});
const started = (id: string, at = 0): Message => ({
  kind: "turn_started",
  at,
  id,
  model: "gpt-5.5",
  effort: "high",
  transport: "http",
});
const phase = (
  id: string,
  at: number,
  round: number,
  phase: "thinking" | "holding" | "writing",
): Message => ({ kind: "phase", at, id, round, phase });
const end = (at: number, reasoning: number, continues: boolean): RoundEnd => ({
  ...{ at, tokens: tokens(reasoning), continues, reason: continues ? "fingerprint" : "natural" },
  ...(continues && { tier: 1 }),
  ...{ held: [], seconds: 1 },
});
const round = (id: string, number: number, roundEnd: RoundEnd): Message => ({
  kind: "round",
  id,
  round: number,
  end: roundEnd,
});
const over = (id: string, at: number): Message => ({
  ...{ kind: "turn", id },
  end: {
    at,
    outcome: "completed",
    stop: "natural",
    seconds: at / 1000,
    addedSeconds: 4,
    billed: tokens(807),
  },
});

const fold = (messages: readonly Message[]): Live => messages.reduce(follow, NOTHING_YET);

/** One turn that was cut, continued and finished. */
const folded: Message[] = [
  started("a", 1000),
  phase("a", 5000, 1, "holding"),
  round("a", 1, end(7000, 516, true)),
  phase("a", 7000, 2, "thinking"),
  phase("a", 9000, 2, "writing"),
  round("a", 2, end(11_000, 291, false)),
  over("a", 11_000),
];

describe("a turn", () => {
  test("runs from its start to its end, round by round", () => {
    const [turn] = fold(folded.slice(0, 5)).running;

    expect(turn).toMatchObject({ id: "a", model: "gpt-5.5", effort: "high", transport: "http" });
    expect(turn?.rounds).toMatchObject([
      { round: 1, phases: [{ phase: "thinking", from: 1000 }, { phase: "holding" }], end: { tier: 1 } },
      { round: 2, phases: [{ phase: "thinking" }, { phase: "writing" }] },
    ]);
  });

  test("then is the newest of those that are over", () => {
    const { running, finished } = fold([started("b"), ...folded, over("b", 1)]);

    expect(running).toEqual([]);
    expect(finished.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(finished[1]?.end).toMatchObject({ outcome: "completed", addedSeconds: 4 });
  });

  test("of thousands only the last fifty are kept", () => {
    const many = Array.from({ length: 1000 }, (_, i) => [started(`${i}`), over(`${i}`, 1)]).flat();

    expect(fold(many).finished).toHaveLength(LAST);
    expect(fold(many).finished[0]?.id).toBe("999");
  });

  test("that is not known changes nothing", () => {
    const live = fold([started("a")]);

    for (const message of folded.slice(1))
      expect(follow(live, { ...message, id: "x" } as Message)).toEqual(live);
  });

  test("cost more by its continuations", () => {
    const [turn] = fold(folded).finished;

    expect(extraOf(turn as Turn)).toEqual({ tokens: 391, seconds: 4 });
    expect(extraOf(fold([started("b"), over("b", 1)]).finished[0] as Turn)).toBeUndefined();
  });
});

test("the last that was said of each limit counts", () => {
  const limits = (name: string, usedPercent: number): Message => ({
    kind: "limits",
    limits: [{ name, at: 0, primary: { usedPercent } }],
  });
  const live = fold([limits("codex", 1), limits("other", 2), limits("codex", 3)]);

  expect(live.limits.map(({ name, primary }) => [name, primary?.usedPercent])).toEqual([
    ["other", 2],
    ["codex", 3],
  ]);
});

test("troubles are counted, a scan's last word is kept, what a newer proxy says is passed over", () => {
  const live = fold([
    { kind: "trouble", at: 0, level: "warn" },
    { kind: "trouble", at: 0, level: "error" },
    { kind: "trouble", at: 0, level: "warn" },
    { kind: "scan", scan: { state: "running", done: 1, total: 2 } },
    { kind: "unheard-of" } as unknown as Message,
  ]);

  expect(live).toMatchObject({ troubles: { warnings: 2, errors: 1 }, scan: { done: 1 } });
});

describe("a lane", () => {
  const [turn] = fold(folded).finished as [Turn];

  test("has a stretch for each phase, one behind the other", () => {
    expect(stretchesOf(turn, ownAxis(turn, 0))).toEqual([
      { phase: "thinking", round: 1, from: 0, to: 0.4 },
      { phase: "holding", round: 1, from: 0.4, to: 0.6 },
      { phase: "thinking", round: 2, from: 0.6, to: 0.8 },
      { phase: "writing", round: 2, from: 0.8, to: 1 },
    ]);
  });

  test("has a mark at each round's end", () => {
    expect(marksOf(turn, ownAxis(turn, 0))).toEqual([
      { at: 0.6, round: 1, reasoning: 516, tier: 1, continues: true },
      { at: 1, round: 2, reasoning: 291, tier: undefined, continues: false },
    ]);
  });

  test("goes on to now while it runs", () => {
    const [running] = fold(folded.slice(0, 2)).running as [Turn];
    const axis = axisOf([running], 21_000);

    expect(axis).toEqual({ from: 1000, to: 21_000 });
    expect(stretchesOf(running, axis).at(-1)).toEqual({ phase: "holding", round: 1, from: 0.2, to: 1 });
  });

  test("leaves out what lies before its axis", () => {
    const axis = { from: 8000, to: 12_000 };

    expect(stretchesOf(turn, axis).map(({ from, to }) => [from, to])).toEqual([
      [0, 0.25],
      [0.25, 0.75],
    ]);
    expect(marksOf(turn, axis)).toHaveLength(1);
  });

  test("has an axis that is neither too short nor too long", () => {
    const hour = 3_600_000;

    expect(axisOf([], hour).from).toBe(hour - 20_000);
    expect(axisOf([{ ...turn, startedAt: 0 }], hour).from).toBe(hour - 900_000);
    expect(secondsBefore({ from: 0, to: 20_000 })).toEqual([0, 5, 10, 15, 20]);
    expect(secondsBefore({ from: 0, to: 900_000 }).at(-1)).toBe(900);
  });
});

test("tiers", () => {
  expect([0, 515, 516, 1034, 1552].map(isTier)).toEqual([false, false, true, true, true]);
  expect(tierTokens(0)).toEqual([516, 1034, 1552]);
  expect(tierTokens(2070)).toEqual([516, 1034, 1552, 2070]);
});
