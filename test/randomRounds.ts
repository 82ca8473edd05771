import fc from "fast-check";
import type { FoldOptions } from "../src/protocol/foldOptions.js";
import { round, type Round, type RoundBuilder } from "../src/testing/index.js";

/** What a round is made of; builders make it an upstream's events. */
export interface Shape {
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

export const shape: fc.Arbitrary<Shape> = fc.record({
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

/** What the fold may do. */
export const options: fc.Arbitrary<Partial<FoldOptions>> = fc.record({
  mode: fc.oneof({ weight: 9, arbitrary: fc.constant("fold" as const) }, fc.constantFrom("observe", "off")),
  hold: fc.constantFrom("always", "adaptive"),
  maxContinue: fc.nat(3),
  minTier: fc.constantFrom(1, 1, 1, 2),
  maxTier: fc.constantFrom(6, 6, 0, 1),
  maxHeldBytes: fc.oneof({ weight: 3, arbitrary: fc.constant(1e9) }, fc.constantFrom(0, 2000, 8000)),
  maxBilledTokens: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(2000, 5000)),
});

/** More rounds than any budget asks for. */
export const rounds = fc.array(shape, { minLength: 5, maxLength: 5 });

/** The round as an upstream sends it. @param seed tells apart two rounds of one shape */
export function build({ steps, tokens, ending, after }: Shape, seed: number): Round {
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
