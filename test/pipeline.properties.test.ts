import fc from "fast-check";
import { from } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import "../src/testing/matchers.js";
import { parseEvents } from "../src/operators/parseEvents.js";
import type { ResponseEvent } from "../src/protocol/event.js";
import type { FoldOptions } from "../src/protocol/foldOptions.js";
import { round, type Round, type RoundBuilder } from "../src/testing/index.js";
import { lost, watchFold, type RoundSource } from "../src/testing/runFold.js";
import { frame } from "../src/protocol/frame.js";

// Hundreds of turns each: slow machines need more than the usual time.
vi.setConfig({ testTimeout: 120_000 });

/** What a round is made of; builders make it an upstream's events. */
interface Shape {
  readonly steps: readonly Step[];
  readonly tokens: number;
  readonly ending: "completed" | "silent" | "failed" | "incomplete" | "error" | "cut" | "reset";
  /** For the deaths: how many events come before. */
  readonly after: number;
  /** A `[DONE]` behind the terminal. */
  readonly trailing: boolean;
}

type Step =
  | { readonly kind: "reasoning"; readonly bytes: number; readonly sealed: boolean }
  | { readonly kind: "message"; readonly text: string; readonly commentary: boolean }
  | { readonly kind: "call" | "custom" | "search" | "unknown" | "limits" | "metadata" | "new" | "junk" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("reasoning" as const),
      bytes: fc.constantFrom(713, 1400, 1993, 2841),
      sealed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("message" as const),
      text: fc.string({ unit: "grapheme", maxLength: 30 }),
      commentary: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("call", "custom", "search", "unknown", "limits", "metadata", "new", "junk"),
    }),
  },
);

const shape: fc.Arbitrary<Shape> = fc.record({
  steps: fc.array(step, { maxLength: 7 }),
  tokens: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(516, 1034, 1552, 3106) },
    { weight: 1, arbitrary: fc.constantFrom(0, 515, 517, 3624) },
    { weight: 1, arbitrary: fc.nat(4000) },
  ),
  ending: fc.oneof(
    { weight: 6, arbitrary: fc.constant("completed" as const) },
    { weight: 2, arbitrary: fc.constantFrom("silent", "failed", "incomplete", "error", "cut", "reset") },
  ),
  after: fc.nat(40),
  trailing: fc.boolean(),
});

const options: fc.Arbitrary<Partial<FoldOptions>> = fc.record({
  mode: fc.oneof({ weight: 9, arbitrary: fc.constant("fold" as const) }, fc.constantFrom("observe", "off")),
  hold: fc.constantFrom("always", "adaptive"),
  maxContinue: fc.nat(3),
  minTier: fc.constantFrom(1, 1, 1, 2),
  maxTier: fc.constantFrom(6, 6, 0, 1),
  maxHeldBytes: fc.oneof({ weight: 3, arbitrary: fc.constant(1e9) }, fc.constantFrom(0, 2000, 8000)),
  maxBilledTokens: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(2000, 5000)),
});

/** More rounds than any budget asks for. */
const rounds = fc.array(shape, { minLength: 5, maxLength: 5 });

function build({ steps, tokens, ending, after }: Shape, seed: number): Round {
  const built = steps.reduce(add, round({ seed }));
  const usage = { reasoning: tokens, input: 100 + seed, cached: seed };
  switch (ending) {
    case "completed":
      return built.completed({ usage, ...(tokens % 2 ? {} : { metadata: { mine: "1" } }) });
    case "silent":
      return built.completed({ usage: null });
    case "failed":
      return built.failed({ code: "server_error" });
    case "incomplete":
      return built.incomplete("max_output_tokens", { usage });
    case "error":
      return built.errorEvent();
    default:
      return built.cut({ after });
  }
}

function add(built: RoundBuilder, step: Step, index: number): RoundBuilder {
  switch (step.kind) {
    case "reasoning":
      return built.reasoning({
        tokens: 9,
        bytes: step.bytes,
        ...(!step.sealed && { encryptedContent: null }),
      });
    case "message":
      return built.message(step.text, step.commentary ? { phase: "commentary" } : {});
    case "call":
      return built.functionCall("shell", { command: `ls ${index}` });
    case "custom":
      return built.customToolCall("apply_patch", `*** ${index}`);
    case "search":
      return built.webSearch({ query: `q${index}` });
    case "unknown":
      return built.item({ type: "new_item", n: index });
    case "limits":
      return built.event({ type: "codex.rate_limits", n: index });
    case "metadata":
      return built.event({ type: "response.metadata", headers: { n: String(index) } });
    case "new":
      return built.event({ type: "response.new_thing", n: index });
    case "junk":
      return built.event(`junk ${index}`);
  }
}

function source(shape: Shape, seed: number): RoundSource {
  const texts = build(shape, seed);
  if (shape.ending === "reset") return lost(texts);
  return shape.trailing ? [...texts, "[DONE]"] : texts;
}

test("whatever the rounds are, the invariants hold", async () => {
  await fc.assert(
    fc.asyncProperty(rounds, options, async (shapes, options) => {
      expect(await watchFold(shapes.map(source), options)).toKeepInvariants();
    }),
    { numRuns: 500 },
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
      const tier = (tokens + 2) / 518;
      const inWindow = tier >= minTier && (maxTier === 0 || tier <= maxTier);
      const sealed = steps.some((step) => step.kind === "reasoning" && step.sealed);
      const cut = tokens > 0 && Number.isInteger(tier) && inWindow && sealed;
      const stalled = index > 0 && tokens === 0;
      if (ending !== "completed" || !(cut || stalled) || index === maxContinue) return index + 1;
    }
    return shapes.length;
  }

  test("is what tiers, window, budget, stalls and encrypted content say", async () => {
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
      { numRuns: 200 },
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
      { numRuns: 200 },
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
      { numRuns: 200 },
    );
  });

  function split(text: string, cuts: readonly number[]) {
    const bytes = new TextEncoder().encode(text);
    const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return from(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)));
  }
  const texts = (events: readonly ResponseEvent[]): string[] => events.map(({ data }) => data);
});
