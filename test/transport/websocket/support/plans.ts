import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { responseEvent, type JsonObject, type ResponseEvent } from "../../../../src/protocol/event.js";
import type { FoldOptions } from "../../../../src/protocol/foldOptions.js";
import { encryptedContent, isReasoning } from "../../../../src/protocol/items.js";
import {
  apiError,
  type Answer,
  type Delivery,
  type Fault,
  type UpstreamRequest,
} from "../../../../src/testing/index.js";
import { DEFAULT_PROXY_OPTIONS } from "../../../../src/transport/options.js";
import { build, options, shape, type Shape } from "../../../randomRounds.js";

/** One upstream response. */
interface RoundPlan {
  readonly shape: Shape;
  readonly refused: boolean;
  readonly delivery: "one by one" | "in one write" | "in fragments";
}

/** One turn of a client, and what the upstream would answer, round by round. */
export interface TurnPlan {
  readonly rounds: readonly RoundPlan[];
  /** What the client does before it. */
  readonly before: "nothing" | "ping" | "unknown" | "binary" | "lost track";
}

/** Connections of one client, with lanes side by side. */
export interface Plan {
  readonly lanes: readonly (readonly TurnPlan[])[];
  /** A single lane without a name, as Codex has it. */
  readonly unnamed: boolean;
  readonly fold: Partial<FoldOptions>;
  readonly backend: "api" | "chatgpt";
  readonly compress: boolean;
  readonly prewarm: boolean;
  readonly leaveAfter: number | undefined;
  /** Which lane's event comes next. */
  readonly order: readonly number[];
}

const thinking = { kind: "reasoning", bytes: 2841, sealed: true } as const;

const roundPlan: fc.Arbitrary<RoundPlan> = fc.record({
  // Most can be continued: what comes after a fold, or after one that failed, is what matters here.
  shape: fc.tuple(shape, fc.integer({ min: 0, max: 3 })).map(([shape, chance]) => ({
    ...shape,
    steps: chance === 0 ? shape.steps : [thinking, ...shape.steps],
  })),
  refused: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
  delivery: fc.constantFrom("one by one", "one by one", "in one write", "in fragments"),
});

const turnPlan: fc.Arbitrary<TurnPlan> = fc.record({
  // more than any budget asks for
  rounds: fc.array(roundPlan, { minLength: 4, maxLength: 4 }),
  before: fc.constantFrom("nothing", "nothing", "ping", "unknown", "binary", "lost track"),
});

export const plan: fc.Arbitrary<Plan> = fc.record({
  lanes: fc.array(fc.array(turnPlan, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  unnamed: fc.boolean(),
  fold: options,
  backend: fc.constantFrom("api", "chatgpt"),
  compress: fc.boolean(),
  prewarm: fc.boolean(),
  leaveAfter: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined, freq: 3 }),
  order: fc.array(fc.nat(5), { minLength: 1, maxLength: 50 }),
});

/** The `stream_id` of a lane. */
export function laneName({ lanes, unnamed }: Plan, index: number): string | undefined {
  return lanes.length === 1 && unnamed ? undefined : "abc"[index];
}

/** The upstream's side of a plan. */
export function scripted(plan: Plan) {
  const sent = new Map<string, ResponseEvent[][]>();
  const conversations = new Map<string, readonly JsonObject[]>();
  const problems: string[] = [];
  const answered = new Set<UpstreamRequest>();
  const next = turnstile(plan.order);

  const answer = (request: UpstreamRequest): Answer => {
    answered.add(request);
    const key = String(request.body["prompt_cache_key"]);
    const [lane = 0, turn = 0] = key.split("/").map(Number);
    const rounds = sent.get(key) ?? [];
    const round = plan.lanes[lane]?.[turn]?.rounds[rounds.length];
    if (!round) return apiError(500, { code: "more_rounds_than_any_budget_asks_for" });
    if (rounds.length === 0 && !isSameConversation(request.history, conversations.get(key) ?? []))
      problems.push(`turn ${key}: the upstream knows another conversation than the client`);
    const events: ResponseEvent[] = [];
    sent.set(key, [...rounds, events]);
    if (round.refused) return OVERLOADED;
    return {
      ...delivered(round, plan, `${key}/${rounds.length}`),
      before: async ({ text }) => {
        await next();
        events.push(responseEvent(text));
      },
    };
  };

  return {
    answer,
    /** What the upstream sent for a turn, so far. */
    rounds: (key: string): readonly ResponseEvent[][] => sent.get(key) ?? [],
    expect: (key: string, conversation: readonly JsonObject[]) => void conversations.set(key, conversation),
    problems: (requests: readonly UpstreamRequest[]): readonly string[] => [
      ...problems,
      ...requests
        .filter((request) => !answered.has(request) && request.outcome === "answered")
        .filter(({ body }) => !String(body["prompt_cache_key"]).endsWith("lost track"))
        .map(({ body }) => `the upstream refused turn ${String(body["prompt_cache_key"])}`),
    ],
  };
}

/** What a refused request gets. */
export const OVERLOADED = apiError(503, { code: "server_is_overloaded" }, { "retry-after": "1" });

function delivered({ shape, delivery }: RoundPlan, plan: Plan, seed: string): Delivery {
  // On a connection of several lanes, what names none belongs to none.
  const isAlone = plan.lanes.length === 1 && plan.unnamed;
  const steps = shape.steps.filter(({ kind }) => kind !== "junk" || isAlone);
  const events = build(
    { ...shape, steps },
    seed.split("/").reduce((sum, n) => sum * 10 + Number(n), 0),
  );
  const fault: Fault | undefined =
    shape.ending === "cut"
      ? { kind: "close", after: events.length }
      : shape.ending === "reset"
        ? { kind: "reset", after: events.length }
        : undefined;
  return {
    events,
    ...(fault && { fault }),
    ...(delivery === "in one write" && { oneWrite: true }),
    // Fragments of two messages cannot be mixed.
    ...(delivery === "in fragments" && plan.lanes.length === 1 && { chunkBytes: 300 }),
  };
}

/** Lets one of those who wait pass at a time, in an order of its own. */
function turnstile(order: readonly number[]): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let passed = 0;
  const pass = (): void => {
    const choice = (order[passed++ % order.length] ?? 0) % waiting.length;
    waiting.splice(choice, 1)[0]?.();
    if (waiting.length > 0) setImmediate(pass);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(pass);
    });
}

/** The upstream has, beside what the client knows, the nudges. */
function isSameConversation(above: readonly JsonObject[], below: readonly JsonObject[]): boolean {
  const isNudge = (item: JsonObject): boolean => JSON.stringify(item["content"] ?? "").includes(NUDGE);
  const comparable = (items: readonly JsonObject[]): JsonObject[] =>
    items
      // What cannot be replayed says nothing to anyone.
      .filter((item) => !isNudge(item) && !(isReasoning(item) && encryptedContent(item) === undefined))
      .map(({ id: _id, ...item }) => item);
  return isDeepStrictEqual(comparable(above), comparable(below));
}

const NUDGE = String(DEFAULT_PROXY_OPTIONS.fold.nudge);
