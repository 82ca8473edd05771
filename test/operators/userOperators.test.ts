import { concatMap, filter, lastValueFrom, map, of, take, tap, throwError, toArray } from "rxjs";
import type { Observable } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { userOperators, type UserOperators } from "../../src/operators/userOperators.js";
import type { CustomOperator, OperatorContext } from "../../src/operators/customOperators.js";
import { foldTurn } from "../../src/pipeline.js";
import { DEFAULT_FOLD_OPTIONS } from "../../src/protocol/foldOptions.js";
import { responseEvent, withData, type ResponseEvent } from "../../src/protocol/event.js";
import { readRequest } from "../../src/protocol/request.js";
import { completed, created, delta, itemDone, reasoning } from "../../src/testing/events.js";
import { round } from "../../src/testing/index.js";
import { marbles } from "../../src/testing/marbles.js";

const BODY = {
  model: "gpt-5.5",
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "How many?" }] }],
  reasoning: { effort: "high" },
  include: ["reasoning.encrypted_content"],
};
const request = readRequest(JSON.stringify(BODY));

const cut = round().reasoning(516).message("29").completed();
const whole = round().reasoning(302).message("21").completed();
const short = round({ seed: 2 }).message("hello").completed();

/** Runs a turn whose rounds come at once. @returns what the client gets, in brief, and what is logged */
function run(rounds: readonly (readonly string[])[], operators: UserOperators, transport?: string) {
  const request = readRequest(JSON.stringify(BODY));
  const log = vi.fn<OperatorContext["log"]>();
  const bodies: string[] = [];
  const openRound = (body: string): Observable<ResponseEvent> => {
    const texts = rounds[bodies.length] ?? [];
    bodies.push(body);
    return of(...texts.map((text) => responseEvent(text)));
  };
  const client: ResponseEvent[] = [];
  let ended: unknown = "never";
  const turn = foldTurn(request, openRound, DEFAULT_FOLD_OPTIONS, { operators, log, transport });
  turn.subscribe({
    next: (event) => client.push(event),
    error: (error: unknown) => (ended = error),
    complete: () => (ended = "complete"),
  });
  return { client, bodies, ended, log, logged: log.mock.calls.map((line) => line.join(": ")) };
}

const textOf = (events: readonly ResponseEvent[]): string =>
  events
    .filter(({ type }) => type === "response.output_text.delta")
    .map(({ json }) => String(json?.["delta"]))
    .join("");

const numbersOf = (events: readonly ResponseEvent[]) => events.map(({ json }) => json?.["sequence_number"]);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const shout: CustomOperator = () =>
  map((event) =>
    withData(
      event,
      event.data.replace(/"delta":"[^"]*"/, (text) => text.toUpperCase().replace('"DELTA"', '"delta"')),
    ),
  );

describe("a turn without operators", () => {
  test("pays nothing: its streams are the very streams they were", () => {
    const source = of(delta("a"));
    for (const hooks of [{}, { operators: {} }, { operators: { round: [], response: [] } }]) {
      const users = userOperators(request, hooks);
      expect(source.pipe(users.ofRound(1), users.ofResponse())).toBe(source);
    }
    expect(userOperators(request, {})).toBe(userOperators(request, {}));
  });

  test("pays in the place that it uses only", () => {
    const source = of(delta("a"));
    const users = userOperators(request, { operators: { response: [shout] } });
    expect(source.pipe(users.ofRound(1))).toBe(source);
  });
});

describe("where operators work", () => {
  test("round operators see every upstream round, before it is judged", () => {
    const seen: [number, string][] = [];
    const look: CustomOperator = (context) => tap(({ type }) => seen.push([context.round, type]));
    const { client } = run([cut, whole], { round: [look] });

    expect(seen.filter(([number]) => number === 1).map(([, type]) => type)).toEqual(typesOf(cut));
    expect(seen.filter(([number]) => number === 2).map(([, type]) => type)).toEqual(typesOf(whole));
    expect(textOf(client)).toBe("21");
  });

  test("response operators see what the client will get", () => {
    const seen: ResponseEvent[] = [];
    const { client } = run([cut, whole], { response: [() => tap((event) => void seen.push(event))] });

    expect(seen.map(({ data }) => data)).toEqual(client.map(({ data }) => data));
    expect(textOf(seen)).toBe("21");
  });

  test("what a round operator makes of a terminal is what is judged", () => {
    const uncut: CustomOperator = () =>
      map((event) => withData(event, event.data.replace('"reasoning_tokens":516', '"reasoning_tokens":515')));

    expect(run([cut], { round: [uncut] })).toMatchObject({ ended: "complete", bodies: [request.text] });
  });

  test("what they drop or add leaves no gap in the numbers", () => {
    const drop: CustomOperator = () => filter(({ type }) => !type.includes("reasoning"));
    const { client } = run([cut, whole], { response: [drop] });

    expect(numbersOf(client)).toEqual(upTo(client.length));
    expect(client.some(({ type }) => type.includes("reasoning"))).toBe(false);
  });

  test("a turn of one round through operators that change nothing is what it was", () => {
    const same: CustomOperator = () => map((event) => event);
    expect(run([short], { round: [same], response: [same] }).client.map(({ data }) => data)).toEqual([
      ...short,
    ]);
  });

  test("a round operator that completes leaves a round without a terminal", () => {
    const { client, ended } = run([whole], { round: [() => take(3)] });
    expect([client.length, ended]).toEqual([3, "complete"]);
  });

  test("one that completes in a continuation gives the round before back", () => {
    const early: CustomOperator = ({ round }) => (round === 2 ? take(3) : tap());
    const { client } = run([cut, whole], { round: [early] });

    expect(textOf(client)).toBe("29");
    expect(client.at(-1)?.json).toMatchObject({
      response: { metadata: { proxy_stopped_reason: "continuation_failed" } },
    });
  });

  test("a response operator that completes ends the response, and the round above it", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [p, r, t] = [created(), itemDone(reasoning()), completed()];
      const upstream = cold("p-r-t|", { p, r, t });
      const subs = "          ^-!   ";
      const expected = "      p-(r|)";
      const hooks = { operators: { response: [() => take<ResponseEvent>(2)] } };

      expectObservable(foldTurn(request, () => upstream, DEFAULT_FOLD_OPTIONS, hooks)).toBe(expected, {
        p,
        r,
      });
      expectSubscriptions(upstream.subscriptions).toBe(subs);
    });
  });
});

describe("what operators are told", () => {
  test("the request, the model, the round and the transport", () => {
    const told = vi.fn();
    const ask: CustomOperator = ({ request, model, round, transport }) => {
      told({ request, model, round, transport });
      return tap();
    };
    run([cut, whole], { round: [ask], response: [ask] }, "websocket");

    const turn = { request: BODY, model: "gpt-5.5", transport: "websocket" };
    expect(told.mock.calls).toEqual([
      [{ ...turn, round: 1 }],
      [{ ...turn, round: 1 }],
      [{ ...turn, round: 2 }],
    ]);
  });

  test("of no proxy where none is involved", () => {
    const transports: string[] = [];
    run([whole], { round: [({ transport }) => (transports.push(transport), tap())] });
    expect(transports).toEqual(["library"]);
  });

  test.each([
    ["a member", (body: typeof BODY) => (body.model = "gpt-4")],
    ["something inside", (body: typeof BODY) => body.include.pop()],
  ])("the request cannot be changed: %s", (_, change) => {
    const meddle: CustomOperator = ({ request }) => {
      change(request as typeof BODY);
      return tap();
    };
    const { logged, bodies } = run([cut, whole], { round: [meddle] });

    expect(logged).toEqual([expect.stringContaining("meddle failed (TypeError")]);
    expect(JSON.parse(bodies[1] ?? "")).toMatchObject({ model: "gpt-5.5", include: BODY.include });
  });

  test("the end of the turn, however it ends", () => {
    const aborted = vi.fn();
    const watch: CustomOperator = ({ signal, round }) => {
      signal.addEventListener("abort", () => aborted(round));
      return tap();
    };
    for (const place of ["round", "response"] as const) {
      marbles(({ cold, expectObservable }) => {
        const t = completed();
        const hooks = { operators: { [place]: [watch] } };
        const turn = (upstream: Observable<ResponseEvent>) =>
          foldTurn(request, () => upstream, DEFAULT_FOLD_OPTIONS, hooks);

        expectObservable(turn(cold("t|", { t }))).toBe("   t|", { t });
        expectObservable(turn(cold<ResponseEvent>("--#"))).toBe("--#");
        expectObservable(turn(cold("t---", { t })), "^-!").toBe("t--", { t });
      });
    }
    expect(aborted).toHaveBeenCalledTimes(6);
  });

  test("not the end of a round that goes on", () => {
    const signals: boolean[] = [];
    const watch: CustomOperator = ({ signal }) => {
      signals.push(signal.aborted);
      return tap();
    };
    run([cut, whole], { round: [watch] });
    expect(signals).toEqual([false, false]);
  });

  test("a log, in which their lines have their name and are lines", () => {
    const talk: CustomOperator = ({ log }) => {
      log("info", "3 tool calls\n\u001b[2Jnow");
      return tap();
    };
    expect(run([whole], { response: [talk] }).logged).toEqual(["info: talk: 3 tool calls [2Jnow"]);
  });
});

describe("operators that fail", () => {
  const throwing: CustomOperator = () =>
    map((event) => {
      if (event.type === "response.output_text.delta") throw new Error(`no ${event.data}`);
      return event;
    });

  test.each(["round", "response"] as const)("in the %s place, nothing of a fold is lost", (place) => {
    const { client, ended, logged } = run([cut, whole], { [place]: [throwing] });
    const untouched = run([cut, whole], {});

    expect(client.map(({ data }) => data)).toEqual(untouched.client.map(({ data }) => data));
    expect([ended, logged.length]).toEqual(["complete", 1]);
  });

  test("are logged once a turn, with their name and the place, and without what the message says", () => {
    const { logged } = run([cut, whole], { round: [throwing], response: [throwing] });
    expect(logged).toEqual([
      expect.stringMatching(
        /^warn: the operator throwing failed \(Error at .*userOperators\.test\.ts:\d+:\d+\); the turn goes on without it$/,
      ),
    ]);
  });

  test("are logged again in the next turn", () => {
    expect(run([short], { response: [throwing] }).logged).toHaveLength(1);
    expect(run([short], { response: [throwing] }).logged).toHaveLength(1);
  });

  test("are told apart, with a name or without", () => {
    const unnamed = [1, 2].map(
      (value): CustomOperator =>
        () =>
        () =>
          throwError(() => value),
    );
    const { logged } = run([short], { response: [...unnamed, throwing] });
    expect(logged).toEqual([
      "warn: the operator without a name failed (threw a value of type number); the turn goes on without it",
      "warn: the operator without a name failed (threw a value of type number); the turn goes on without it",
      expect.stringContaining("the operator throwing failed"),
    ]);
  });

  test("an error without a stack is named", () => {
    const bare: CustomOperator = () => () =>
      throwError(() => Object.assign(new TypeError("x"), { stack: "" }));
    expect(run([short], { response: [bare] }).logged[0]).toContain("the operator bare failed (TypeError);");
  });

  test("leave the other operators at work", () => {
    const { client } = run([cut, whole], { round: [throwing], response: [throwing, shout] });
    expect(textOf(client)).toBe("21");
    const loud = run([short], { response: [throwing, shout] });
    expect(textOf(loud.client)).toBe("HELLO");
  });

  test("in the background: what they had taken in passes", async () => {
    const operators = { response: [inBackground] };
    const logged: string[] = [];
    const hooks = { operators, log: (_: string, text: string) => void logged.push(text) };
    const upstream = of(...short.map((text) => responseEvent(text)));
    const client = await lastValueFrom(
      foldTurn(request, () => upstream, DEFAULT_FOLD_OPTIONS, hooks).pipe(toArray()),
    );
    expect(client.map(({ data }) => data)).toEqual([...short]);
    expect(logged).toEqual([expect.stringContaining("the operator inBackground failed (RangeError")]);
  });

  const inBackground: CustomOperator = () =>
    concatMap(
      (event) =>
        new Promise<ResponseEvent>((_, reject) => setImmediate(() => reject(new RangeError(event.data)))),
    );
});

function typesOf(texts: readonly string[]): string[] {
  return texts.map((text) => responseEvent(text).type);
}
