import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tierOf } from "../../src/protocol/fingerprint.js";
import { DEFAULT_FOLD_OPTIONS } from "../../src/protocol/foldOptions.js";
import { NO_THINKING, decideLive, type Thinking } from "../../src/protocol/liveOutput.js";
import { reasoningSizes } from "../../src/protocol/reasoningSizes.js";

const ADAPTIVE = { hold: "adaptive", liveModels: DEFAULT_FOLD_OPTIONS.liveModels } as const;

/** Responses seen in public; see the folder's README. */
const ROWS = readFileSync(new URL("../fixtures/reasoning-sizes/reasoning-sizes.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [model = "", effort = "", items, bytes, tokens, hosted] = line.split(",");
    const thinking: Thinking = {
      items: Number(items),
      open: 0,
      bytes: Number(bytes),
      knownShape: true,
      hostedTool: hosted === "1",
    };
    return { model, effort, thinking, tokens: Number(tokens) };
  });

describe("the responses seen in public", () => {
  const isCut = (tokens: number) => tierOf(tokens) !== undefined;
  const goesLive = ({ model, thinking }: (typeof ROWS)[number]): boolean => {
    const limit = reasoningSizes(() => ADAPTIVE).limitFor(model);
    return decideLive(thinking, { limit, round: 1, afterStall: false }).live;
  };

  test.each(ROWS.map((row) => ({ ...row, ...row.thinking })))(
    "$model, $items item(s) of $bytes bytes, $tokens tokens: not live if cut",
    (row) => {
      expect(goesLive(row) && isCut(row.tokens)).toBe(false);
    },
  );

  test("some of them were cut", () => {
    expect(ROWS.filter(({ tokens }) => isCut(tokens)).length).toBeGreaterThan(0);
  });

  test("at least 80% of those with a single item would have gone live", () => {
    const single = ROWS.filter(({ thinking }) => thinking.items === 1);
    expect(single.length).toBeGreaterThan(50);
    expect(single.filter(goesLive).length / single.length).toBeGreaterThanOrEqual(0.8);
  });

  test("learning from all of them keeps the limit: no model packs its tokens that densely", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    for (const { model, thinking, tokens } of ROWS) {
      sizes.learn({ model, thinking, tokens, live: undefined, truncated: isCut(tokens) });
    }
    expect(sizes.limitFor("gpt-5.5")).toBe(2000);
  });
});

describe("reasoningSizes", () => {
  const thinking = (bytes: number, differences: Partial<Thinking> = {}): Thinking => ({
    ...NO_THINKING,
    items: 1,
    bytes,
    ...differences,
  });
  const round = (differences: object = {}) => ({
    model: "gpt-5.5",
    thinking: thinking(1801),
    tokens: 250,
    live: undefined,
    truncated: false,
    ...differences,
  });

  const decision = (live: boolean, bytes: number) => ({ live, bytes, reason: "" });

  test("models whose sizes are not known have no limit", () => {
    const { limitFor, models } = reasoningSizes(() => ADAPTIVE);
    expect([limitFor("gpt-5.5"), limitFor("gpt-5.6-luna"), limitFor("o3-mini")]).toEqual([
      2000,
      2000,
      undefined,
    ]);
    expect([...models.keys()]).toEqual(["gpt-5.5", "gpt-5.6-luna"]);
  });

  test("`always` has no limit for any model", () => {
    expect(reasoningSizes(() => ({ ...ADAPTIVE, hold: "always" })).limitFor("gpt-5.5")).toBeUndefined();
  });

  test("a miss lowers the limit below its size, a second one switches off; each is told", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    const missed = (bytes: number) =>
      sizes.learn(
        round({ tokens: 516, truncated: true, live: decision(true, bytes), thinking: thinking(bytes) }),
      );
    expect(missed(1801)).toMatch(/went live at 1801 bytes .* limit is now/);
    expect(sizes.limitFor("gpt-5.5")).toBeLessThanOrEqual(1801);
    expect(
      decideLive(thinking(1801), { limit: sizes.limitFor("gpt-5.5"), round: 1, afterStall: false }).live,
    ).toBe(false);
    expect(missed(1001)).toMatch(/held until the restart/);
    expect(sizes.models.get("gpt-5.5")).toMatchObject({ limit: undefined, live: 2, missed: 2 });
    expect(sizes.limitFor("gpt-5.6")).toBe(2000);
  });

  test("a miss never raises a limit", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    sizes.learn(round({ tokens: 200, thinking: thinking(684 + 200 * 2) }));
    sizes.learn(round({ tokens: 516, truncated: true, live: decision(true, 1801) }));
    expect(sizes.limitFor("gpt-5.5")).toBe(684 + 516 * 0.75 * 2);
  });

  test("what went live before any reasoning is no miss, and is not counted", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    const live = decision(true, 0);
    expect(
      sizes.learn(round({ tokens: 516, truncated: true, live, thinking: thinking(2841) })),
    ).toBeUndefined();
    expect(sizes.models.get("gpt-5.5")).toEqual({ limit: 2000, live: 0, held: 0, missed: 0 });
  });

  test("a round that was not held for its size counts as held all the same", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    sizes.learn(round({ live: decision(false, 0), thinking: NO_THINKING }));
    expect(sizes.models.get("gpt-5.5")).toEqual({ limit: 2000, live: 0, held: 1, missed: 0 });
  });

  test("nothing is learnt of a model that is not followed", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    const odd = thinking(1500, { knownShape: false });
    expect(sizes.learn(round({ model: "o3-mini", thinking: odd }))).toBeUndefined();
    expect([...sizes.models.keys()]).toEqual([]);
  });

  test("a held round that was cut is no miss", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    const held = { live: decision(false, 3017), thinking: thinking(3017) };
    expect(sizes.learn(round({ tokens: 516, truncated: true, ...held }))).toBeUndefined();
    expect(sizes.models.get("gpt-5.5")).toEqual({ limit: 2000, live: 0, held: 1, missed: 0 });
  });

  test("a model that packs its tokens denser lowers its own limit", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    sizes.learn(round({ tokens: 200, thinking: thinking(684 + 200 * 2) }));
    expect(sizes.limitFor("gpt-5.5")).toBe(684 + 516 * 0.75 * 2);
    sizes.learn(round({ tokens: 200, thinking: thinking(684 + 200 * 5) }));
    expect(sizes.limitFor("gpt-5.5")).toBe(684 + 516 * 0.75 * 2);
  });

  test.each([
    ["the fewest tokens that count", 80, 684 + 80 * 2, 1],
    ["two items, each with a thought of no tokens", 400, 2 * 684 + 400 * 2, 2],
  ])("%s teach as much", (_, tokens, bytes, items) => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    sizes.learn(round({ tokens, thinking: thinking(bytes, { items }) }));
    expect(sizes.limitFor("gpt-5.5")).toBe(684 + 516 * 0.75 * 2);
  });

  test.each([
    ["too few tokens", { tokens: 79, thinking: thinking(713) }],
    [
      "a hosted tool, which adds tokens without bytes",
      { tokens: 400, thinking: thinking(713, { hostedTool: true }) },
    ],
    ["no reasoning at all", { tokens: 0, thinking: NO_THINKING }],
    ["reasoning that came without an item", { tokens: 400, thinking: NO_THINKING }],
    ["reasoning without encrypted content", { tokens: 400, thinking: thinking(0, { knownShape: false }) }],
    ["no number of tokens", { tokens: undefined, thinking: thinking(713) }],
  ])("%s teaches nothing", (_, differences) => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    sizes.learn(round(differences));
    expect(sizes.limitFor("gpt-5.5")).toBe(2000);
  });

  test("counts what went live and what was held, also of a model that is switched off", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    sizes.learn(round({ live: decision(true, 1801) }));
    sizes.learn(round({ thinking: thinking(1500, { knownShape: false }) }));
    sizes.learn(round({ live: decision(false, 1801) }));
    expect(sizes.models.get("gpt-5.5")).toEqual({ limit: undefined, live: 1, held: 1, missed: 0 });
  });

  test("an unknown shape switches off, and is told once", () => {
    const sizes = reasoningSizes(() => ADAPTIVE);
    const odd = round({ thinking: thinking(1500, { knownShape: false }) });
    expect([sizes.learn(odd), sizes.learn(odd)]).toEqual([expect.stringMatching(/unknown shape/), undefined]);
    expect(sizes.limitFor("gpt-5.5")).toBeUndefined();
  });

  test("is bounded: what comes after many models is held", () => {
    const sizes = reasoningSizes(() => ({ ...ADAPTIVE, liveModels: ["*"] }));
    for (let i = 0; i < 500; i++) sizes.limitFor(`model-${i}`);
    expect(sizes.models.size).toBe(100);
    expect(sizes.limitFor("model-499")).toBeUndefined();
    expect(sizes.learn(round({ model: "model-499" }))).toBeUndefined();
    expect(sizes.models.has("model-499")).toBe(false);
    expect(sizes.limitFor("model-99")).toBe(2000);
  });
});
