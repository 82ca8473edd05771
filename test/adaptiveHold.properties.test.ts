import fc from "fast-check";
import { expect, test, vi } from "vitest";
import "../src/testing/matchers.js";
import {
  isItemAdded,
  isItemDone,
  isTerminal,
  parseJsonObject,
  type JsonObject,
  type ResponseEvent,
} from "../src/protocol/event.js";
import { itemOf, itemType } from "../src/protocol/items.js";
import { editJson } from "../src/protocol/jsonText.js";
import { round, type RoundBuilder } from "../src/testing/index.js";
import { watchFold, type FoldedTurn } from "../src/testing/runFold.js";
import { runs } from "./propertyRuns.js";

// Hundreds of turns each: slow machines need more than the usual time.
vi.setConfig({ testTimeout: 120_000 });

/** What a round consists of; sizes are what the decision is made by. */
type Part =
  | { readonly kind: "thought"; readonly bytes: number; readonly shape: "known" | "other" | "none" }
  | { readonly kind: "answer" | "call" | "search" | "unknown" };

interface Shape {
  readonly parts: readonly Part[];
  readonly tokens: number;
  /** In which order the items' events come: each number picks the item that goes on next. */
  readonly order: readonly number[];
  /** Items that are only ever done, by position. */
  readonly unannounced: readonly number[];
}

const blocks = (min: number, max: number) => fc.integer({ min, max }).map((count) => 57 + 16 * count);
const smallThought: fc.Arbitrary<Part> = blocks(41, 121).map((bytes) => ({
  kind: "thought",
  bytes,
  shape: "known",
}));
const part: fc.Arbitrary<Part> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("thought" as const),
      bytes: fc.oneof(blocks(41, 60), blocks(41, 400)),
      shape: fc.constantFrom("known", "known", "known", "other", "none"),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "answer" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("call", "search", "unknown") }) },
);

/** Anything, or what begins with an answer that goes out live. */
const parts: fc.Arbitrary<readonly Part[]> = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 5 }),
  fc
    .tuple(smallThought, fc.constant<Part>({ kind: "answer" }), fc.array(part, { maxLength: 4 }))
    .map(([thought, answer, more]) => [thought, answer, ...more]),
);

const cut = fc.constantFrom(516, 1034, 1552);
const shape = (tokens: fc.Arbitrary<number>): fc.Arbitrary<Shape> =>
  fc.record({
    parts,
    tokens,
    order: fc.oneof(fc.constant([]), fc.array(fc.nat(), { minLength: 20, maxLength: 60 })),
    unannounced: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(5), { maxLength: 3 }) },
    ),
  });

/** Cut rounds, most of them begun with a thought that says otherwise, and whatever comes of it. */
const turn = fc.record({
  rounds: fc.tuple(
    shape(cut),
    shape(fc.oneof(cut, fc.constantFrom(0, 300))),
    shape(fc.nat(3000)),
    shape(fc.constant(9)),
  ),
  maxContinue: fc.integer({ min: 1, max: 3 }),
});

function texts({ parts, tokens, order, unannounced }: Shape, seed: number): readonly string[] {
  const whole = parts.reduce(add, round({ seed })).completed({ usage: { reasoning: tokens } });
  const announced = whole.filter((text) => !unannounced.includes(indexIn(text) ?? -1) || isDone(text));
  return inOrder(announced, order).map((text, sequence) =>
    editJson(text, [{ path: ["sequence_number"], raw: String(sequence) }]),
  );
}

function add(built: RoundBuilder, part: Part, index: number): RoundBuilder {
  switch (part.kind) {
    case "thought":
      return built.reasoning({ tokens: 9, bytes: part.bytes, ...SHAPES[part.shape] });
    case "answer":
      return built.message(`answer ${index}`);
    case "call":
      return built.functionCall("shell", { command: `ls ${index}` });
    case "search":
      return built.webSearch({ query: `q${index}` });
    case "unknown":
      return built.item({ type: "new_item", n: index });
  }
}

const SHAPES = {
  known: {},
  other: { encryptedContent: "hBBBBB".repeat(200) },
  none: { encryptedContent: null },
};

/** Mixes the items' events; each item keeps its own order, and items are announced in that of their places. */
function inOrder(texts: readonly string[], order: readonly number[]): readonly string[] {
  const [first, last] = [texts.findIndex((text) => indexIn(text) !== undefined), texts.length - 1];
  const queues: string[][] = [];
  for (const text of texts.slice(first, last)) (queues[indexIn(text) ?? 0] ??= []).push(text);
  const mixed: string[] = [];
  let begun = 0;
  for (let pick = 0; queues.some((queue) => queue.length > 0); pick++) {
    const ready = queues.filter((queue, index) => queue.length > 0 && index <= begun);
    const queue = order.length === 0 ? ready[0] : ready[(order[pick % order.length] ?? 0) % ready.length];
    if (queue && queues.indexOf(queue) === begun) begun++;
    mixed.push(queue?.shift() ?? "");
  }
  return [...texts.slice(0, first), ...mixed, ...texts.slice(last)];
}

const indexIn = (text: string): number | undefined =>
  parseJsonObject(text)?.["output_index"] as number | undefined;
const isDone = (text: string): boolean => text.startsWith('{"type":"response.output_item.done"');

type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

/** The properties look at the same turns: drawing and folding them is most of the work. */
const seed = fc.sample(fc.integer(), 1)[0]!;
const folded = new Map<string, FoldedTurn>();

async function foldOf(drawn: Turn): Promise<FoldedTurn> {
  const name = JSON.stringify(drawn);
  const turn = folded.get(name) ?? (await fold(drawn));
  folded.set(name, turn);
  return turn;
}

const fold = ({ rounds, maxContinue }: Turn): Promise<FoldedTurn> =>
  watchFold(
    rounds.map((shape, seed) => texts(shape, seed)),
    { hold: "adaptive", maxContinue },
  );

/** Runs turns of all kinds, and makes sure that enough of them are what the properties are about. */
async function always(check: (turn: FoldedTurn) => void): Promise<void> {
  let early = 0;
  const numRuns = runs(250);
  await fc.assert(
    fc.asyncProperty(turn, async (drawn) => {
      const watched = await foldOf(drawn);
      if (earlyMessages(watched).length > 0) early++;
      check(watched);
    }),
    { numRuns, seed },
  );
  expect(early).toBeGreaterThan(numRuns / 10);
}

/** Messages that went out of rounds that were continued all the same. */
function earlyMessages(turn: FoldedTurn): readonly ResponseEvent[] {
  const released = turn.end?.released.round ?? 1;
  return turn.client.filter(
    (event) => isItemDone(event) && itemType(itemOf(event)) === "message" && roundOf(event, turn) < released,
  );
}

/** The round that an item comes from, from 1. Ids are made from the round's seed, so they are all different. */
function roundOf(event: ResponseEvent, { rounds }: FoldedTurn): number {
  const id = idOf(event);
  return rounds.findIndex((events) => events.some((each) => idOf(each) === id)) + 1;
}

const idOf = (event: ResponseEvent): unknown => itemOf(event)?.["id"] ?? event.json?.["item_id"];

test("the invariants hold", async () => {
  await always((turn) => expect(turn).toKeepInvariants());
});

test("nothing that went out is taken back: what begins ends, and the terminal lists it, once and in its place", async () => {
  await always(({ client, rounds }) => {
    const done = client.filter(isItemDone).map(itemOf);
    const ids = done.map((item) => item?.["id"]);
    expect(new Set(ids).size).toBe(ids.length);
    const begun = client.filter(isItemAdded).map(idOf);
    expect(begun.filter((id) => !ids.includes(id))).toEqual([]);
    const response = client.find(isTerminal)?.json?.["response"] as JsonObject;
    if (rounds.length > 1) expect(response["output"]).toEqual(done);
  });
});

test("no event is sent twice", async () => {
  await always(({ client }) => {
    const unnumbered = client.map(({ data }) =>
      editJson(data, [
        { path: ["sequence_number"], raw: undefined },
        { path: ["output_index"], raw: undefined },
      ]),
    );
    expect(new Set(unnumbered).size).toBe(unnumbered.length);
  });
});

test("a continuation is told all that went out before it, once and in its place", async () => {
  await always((turn) => {
    // what was released at the end is of an earlier round, and came after they all were told
    if (turn.end?.reason === "no_answer") return;
    for (const [index, body] of turn.bodies.entries()) {
      if (index === 0) continue;
      const input = parseJsonObject(body)?.["input"] as JsonObject[];
      const before = turn.client
        .filter((event) => isItemDone(event) && roundOf(event, turn) <= index)
        .map(itemOf)
        .filter((item) => itemType(item) !== "reasoning" || item?.["encrypted_content"] !== undefined);
      const nudges = input.filter(({ phase }) => phase === "commentary");
      expect(nudges).toHaveLength(index);
      expect(input.at(-1)).toEqual(nudges[0]);
      // behind the user's message, each round before its nudge; the client sends no ids, so neither does the fold
      expect(input.slice(1).filter((item) => !nudges.includes(item))).toEqual(
        before.map((item) => ({ ...item, id: undefined })),
      );
    }
  });
});

test("a message of a continued round went out only behind one small thought, or before all thinking of round 1", async () => {
  await always((turn) => {
    for (const message of earlyMessages(turn)) {
      const events = turn.rounds[roundOf(message, turn) - 1] ?? [];
      const begins = events.findIndex((event) => idOf(event) === idOf(message));
      const items = events.slice(0, begins).filter((event) => isItemAdded(event) || isItemDone(event));
      const typeOf = (id: unknown) => itemType(itemOf(items.find((event) => idOf(event) === id)!));
      const names = [...new Set(items.map(idOf))];
      const [thought, ...thoughts] = names.filter((id) => typeOf(id) === "reasoning");
      if (thought === undefined) {
        expect(roundOf(message, turn)).toBe(1);
        continue;
      }
      expect(thoughts).toEqual([]);
      expect(names.map(typeOf).filter((type) => type !== "message" && type !== "reasoning")).toEqual([]);
      const content = itemOf(items.find((event) => isItemDone(event) && idOf(event) === thought)!)?.[
        "encrypted_content"
      ];
      expect(Buffer.from(String(content), "base64url").length).toBeLessThan(2000);
    }
  });
});
