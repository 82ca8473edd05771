import fc from "fast-check";
import { from } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import "../src/testing/matchers.js";
import { parseEvents } from "../src/operators/parseEvents.js";
import type { ResponseEvent } from "../src/protocol/event.js";
import { lost, watchFold, type RoundSource } from "../src/testing/runFold.js";
import { DEFAULT_FOLD_OPTIONS } from "../src/protocol/foldOptions.js";
import { frame } from "../src/protocol/frame.js";
import { runs } from "./propertyRuns.js";
import { build, options, rounds, shape, type Shape } from "./randomRounds.js";

// Hundreds of turns each: slow machines need more than the usual time.
vi.setConfig({ testTimeout: 120_000 });

function source(shape: Shape, seed: number): RoundSource {
  const texts = build(shape, seed);
  if (shape.ending === "reset") return lost(texts);
  return shape.trailing ? [...texts, "[DONE]"] : texts;
}

/** The same text in two rounds, of which the first waits behind a call while rate limits overtake it. */
const OVERTAKEN = (() => {
  const ends = { tokens: 516, ending: "completed", after: 0, trailing: false } as const;
  const thought = { kind: "reasoning", bytes: 713, sealed: true } as const;
  const first: Shape = { steps: [{ kind: "call" }, { kind: "junk" }, thought, { kind: "limits" }], ...ends };
  const second: Shape = {
    steps: [{ kind: "message", text: "", commentary: false }, { kind: "junk" }],
    ...ends,
  };
  return [first, second];
})();

test("whatever the rounds are, the invariants hold", async () => {
  await fc.assert(
    fc.asyncProperty(rounds, options, async (shapes, options) => {
      expect(await watchFold(shapes.map(source), options)).toKeepInvariants();
    }),
    {
      numRuns: runs(200),
      examples: [[OVERTAKEN, { ...DEFAULT_FOLD_OPTIONS, hold: "always", maxContinue: 1 }]],
    },
  );
});

describe("how many rounds are opened", () => {
  /** The words, for a turn that holds everything and may spend what it wants. */
  function expectedRounds(
    shapes: readonly Shape[],
    maxContinue: number,
    minTier: number,
    maxTier: number,
  ): number {
    for (const [index, { steps, tokens, ending }] of shapes.entries()) {
      // A terminal without usage tells no tokens.
      const told = ending === "completed";
      const tier = (tokens + 2) / 518;
      const inWindow = tier >= minTier && (maxTier === 0 || tier <= maxTier);
      const sealed = steps.some((step) => step.kind === "reasoning" && step.sealed);
      const isTier = told && tokens > 0 && Number.isInteger(tier);
      const cut = isTier && inWindow && sealed;
      const stalled = told && index > 0 && tokens === 0;
      const answered = steps.some(
        ({ kind, ...step }) =>
          ["call", "custom", "unknown"].includes(kind) ||
          (kind === "message" && !(step as { commentary: boolean }).commentary),
      );
      const silent = index > 0 && !answered && !isTier;
      const completed = told || ending === "silent";
      if (!completed || !(cut || stalled || silent) || index === maxContinue) return index + 1;
    }
    return shapes.length;
  }

  test("is what tiers, window, budget, stalls, answers and encrypted content say", async () => {
    await fc.assert(
      fc.asyncProperty(
        rounds,
        fc.nat(3),
        fc.constantFrom(1, 2),
        fc.constantFrom(0, 1, 6),
        async (shapes, maxContinue, minTier, maxTier) => {
          const limits = { maxContinue, minTier, maxTier, hold: "always" as const, maxHeldBytes: 1e9 };

          const { rounds } = await watchFold(shapes.map(source), limits);

          expect(rounds).toHaveLength(expectedRounds(shapes, maxContinue, minTier, maxTier));
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe("as an SSE body", () => {
  const lineEnd = fc.constantFrom("\n", "\r\n");
  const body = (texts: readonly string[], end: string): string =>
    texts.map((text) => `event: ${typeOf(text)}${end}data: ${text}${end}${end}`).join("");
  const typeOf = (text: string): string => /^\{"type":"([^"]*)"/.exec(text)?.[1] ?? "message";

  test("it does not matter where the chunks end", async () => {
    await fc.assert(
      fc.asyncProperty(
        rounds,
        options,
        lineEnd,
        fc.array(fc.nat(), { maxLength: 40 }),
        async (shapes, options, end, cuts) => {
          const chunked = shapes.map((shape, seed) =>
            split(body(build(shape, seed), end), cuts).pipe(parseEvents()),
          );
          const whole = shapes.map((shape, seed) => build(shape, seed));

          const inChunks = await watchFold(chunked, options);
          const inOne = await watchFold(whole, options);

          expect(inChunks).toKeepInvariants();
          expect(texts(inChunks.client)).toEqual(texts(inOne.client));
        },
      ),
      { numRuns: runs(100) },
    );
  });

  test("a round that is not continued leaves byte for byte as it came", async () => {
    const plain = shape.map((shape): Shape => ({
      ...shape,
      // On a connection of its own nothing overtakes: only WebSockets carry events of no response.
      steps: shape.steps.filter(({ kind }) => kind !== "limits" && kind !== "metadata"),
      tokens: shape.tokens + ((shape.tokens + 2) % 518 === 0 ? 1 : 0),
    }));
    await fc.assert(
      fc.asyncProperty(plain, options, async (shape, options) => {
        const sent = `${body(build(shape, 0), "\n")}data: [DONE]\n\n`;

        const { client } = await watchFold([sent], options);

        expect(client.map(frame).join("")).toBe(sent);
      }),
      { numRuns: runs(100) },
    );
  });

  function split(text: string, cuts: readonly number[]) {
    const bytes = new TextEncoder().encode(text);
    const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return from(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)));
  }
  const texts = (events: readonly ResponseEvent[]): string[] => events.map(({ data }) => data);
});
