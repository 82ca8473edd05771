import { of } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import type { OperatorContext } from "../../src/operators/customOperators.js";
import { userFunctions } from "../../src/operators/userFunctions.js";
import { foldTurn } from "../../src/pipeline.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../../src/protocol/foldOptions.js";
import { asObject, responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { readRequest } from "../../src/protocol/request.js";
import { round } from "../../src/testing/index.js";

const request = readRequest(
  JSON.stringify({ model: "gpt-5.5", input: "How many?", include: ["reasoning.encrypted_content"] }),
);
const thin = round().reasoning(100).message("29").completed();
const thick = round().reasoning(400).message("21").completed();
const cut = round().reasoning(516).message("29").completed();

function run(rounds: readonly (readonly string[])[], options: Partial<FoldOptions>) {
  const log = vi.fn<OperatorContext["log"]>();
  const bodies: string[] = [];
  const client: ResponseEvent[] = [];
  const fold = { ...DEFAULT_FOLD_OPTIONS, ...options };
  foldTurn(
    request,
    (body) => of(...(rounds[bodies.push(body) - 1] ?? []).map((text) => responseEvent(text))),
    fold,
    { log },
  ).subscribe((event) => client.push(event));
  const nudges = bodies.slice(1).map((body) => (JSON.parse(body) as { input: unknown[] }).input.at(-1));
  return { nudges, terminal: client.at(-1)?.json, logged: log.mock.calls.map((line) => line.join(": ")) };
}

const saying = (text: string) => ({
  type: "message",
  role: "assistant",
  phase: "commentary",
  content: [{ type: "output_text", text }],
});

describe("a verdict of one's own", () => {
  test("continues a round that the fingerprint does not, and is asked about what is known of it", () => {
    const continueWhen = vi.fn<NonNullable<FoldOptions["continueWhen"]>>(
      ({ usage }) => (usage?.reasoning ?? 0) < 300,
    );
    expect(run([thin, thick], { continueWhen }).nudges).toEqual([saying("Continue thinking...")]);
    expect(continueWhen.mock.calls.map(([about]) => about)).toMatchObject([
      { round: 1, model: "gpt-5.5", effort: undefined, usage: { reasoning: 100 } },
      { round: 2, model: "gpt-5.5", effort: undefined, usage: { reasoning: 400 } },
    ]);
  });

  test("is not asked about a round on the fingerprint", () => {
    const continueWhen = vi.fn(() => false);
    expect(run([cut, thick], { continueWhen }).nudges).toHaveLength(1);
    expect(continueWhen).toHaveBeenCalledTimes(1);
  });

  test("keeps to the budgets", () => {
    const always = { continueWhen: () => true, maxContinue: 2 };
    expect(run([thin, thin, thin, thin], always).nudges).toHaveLength(2);
  });

  test("may be a word, which is the reason", () => {
    const continueWhen = ({ round }: { round: number }) => round === 1 && "too short";
    const nudge: FoldOptions["nudge"] = ({ reason }) => reason;
    expect(run([thin, thick], { continueWhen, nudge }).nudges).toEqual([saying("too short")]);
  });

  test("that says nothing says no", () => {
    const { nudges, logged } = run([thin], { continueWhen: (() => {}) as never });
    expect([nudges, logged]).toEqual([[], []]);
  });

  test("that throws has no say, and is logged once a turn", () => {
    const fail = (): never => {
      throw new Error("no");
    };
    const { nudges, terminal, logged } = run([cut, thick], { continueWhen: fail });
    expect(nudges).toHaveLength(1);
    expect(terminal).toMatchObject({
      type: "response.completed",
      response: { usage: { total_tokens: expect.any(Number) } },
    });
    expect(run([thin], { continueWhen: fail }).terminal).toEqual(JSON.parse(thin.at(-1) ?? ""));
    expect(logged).toEqual([
      expect.stringMatching(
        /^warn: the option continueWhen failed \(Error at .*\); the turn goes on without it$/,
      ),
    ]);
  });

  test("that is a promise has no say", () => {
    const { nudges, logged } = run([thin], { continueWhen: (async () => true) as never });
    expect([nudges, logged.length]).toEqual([[], 1]);
  });
});

describe("a nudge of one's own", () => {
  test("may be a text, or a function that knows the round and the reason", () => {
    expect(run([cut, thick], { nudge: "Go on." }).nudges).toEqual([saying("Go on.")]);
    const nudge: FoldOptions["nudge"] = ({ round, reason }) => `${round}: ${reason}`;
    expect(run([cut, thick], { nudge }).nudges).toEqual([saying("2: fingerprint")]);
  });

  test("may be an item", () => {
    const item = { type: "message", role: "developer", content: "Think on." };
    expect(run([cut, thick], { nudge: () => item }).nudges).toEqual([item]);
  });

  test("is asked for once a round: every later continuation says the same, as the upstream has it", () => {
    let asked = 0;
    const { nudges } = run([cut, cut, cut, thick], { nudge: () => `${++asked}` });
    expect(nudges).toEqual([saying("1"), saying("2"), saying("3")]);
  });

  test("that fails in every round is logged once a turn", () => {
    const nudge = (): never => {
      throw new Error("no");
    };
    const { nudges, logged } = run([cut, cut, thick], { nudge });
    expect(nudges).toEqual([saying("Continue thinking..."), saying("Continue thinking...")]);
    expect(logged).toHaveLength(1);
  });

  test.each([
    ["throws", () => JSON.parse("{") as string],
    ["gives nothing", () => undefined as never],
    ["gives null", () => null as never],
    ["gives a number", () => 7 as never],
    ["gives a list", () => ["Go on."] as never],
    ["gives a function", () => () => "Go on."],
    ["gives a promise", async () => "Go on."],
  ])("that %s is replaced by the usual words", (_, nudge) => {
    const { nudges, logged } = run([cut, thick], { nudge: nudge as never });
    expect(nudges).toEqual([saying("Continue thinking...")]);
    expect(logged).toEqual([expect.stringContaining("the option nudge failed")]);
  });
});

test("options without functions are the very options they were", () => {
  expect(userFunctions(DEFAULT_FOLD_OPTIONS)).toBe(DEFAULT_FOLD_OPTIONS);
  expect(asObject(userFunctions({ ...DEFAULT_FOLD_OPTIONS, continueWhen: () => false }))?.["nudge"]).toBe(
    DEFAULT_FOLD_OPTIONS.nudge,
  );
});
