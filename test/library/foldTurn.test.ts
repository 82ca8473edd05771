import { foldTurn, InvalidOption, InvalidRequest, parseEvents, responseEvent, UpstreamLost } from "codexcomp";
import type { ResponseEvent, TurnHooks } from "codexcomp";
import {
  completed,
  created,
  itemDone,
  marbles,
  oneResponseProblems,
  reasoning,
  round,
} from "codexcomp/testing";
import { concatMap, from, lastValueFrom, map, of, throwError, toArray } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { canonicalSse } from "../transport/support/turns.js";

const cut = round().reasoning(516).message("29").completed();
const whole = round().reasoning(302).message("21").completed();
const request = { model: "gpt-5.5", input: "How many?", reasoning: { effort: "high" }, stream: true };

/** Answers a turn's rounds in order, and keeps the bodies that asked for them. */
function answering(...rounds: readonly (readonly string[])[]) {
  const bodies: string[] = [];
  const openRound = (body: string) =>
    (rounds[bodies.push(body) - 1] ?? []).map((text) => responseEvent(text));
  return { bodies, openRound };
}

const collect = (turn: ReturnType<typeof foldTurn>) => lastValueFrom(turn.pipe(toArray()));

describe("a turn without a proxy", () => {
  test("is one response of all its rounds", async () => {
    const { bodies, openRound } = answering(cut, whole);
    const events = await collect(foldTurn(request, openRound));

    expect(oneResponseProblems(events)).toEqual([]);
    expect(events.map(({ data }) => data).join("")).toMatch(/"21"/);
    expect(events.map(({ data }) => data).join("")).not.toMatch(/"29"/);
    expect(JSON.parse(bodies[1] ?? "")).toMatchObject({
      model: "gpt-5.5",
      input: [{ role: "user" }, { type: "reasoning" }, { type: "message", phase: "commentary" }],
    });
  });

  test("asks for the encrypted reasoning that a continuation needs, and only then", async () => {
    const folding = answering(whole);
    await collect(foldTurn(request, folding.openRound));
    expect(JSON.parse(folding.bodies[0] ?? "")).toEqual({
      ...request,
      include: ["reasoning.encrypted_content"],
    });

    const text = JSON.stringify({ ...request, "1": 1 }, null, 2);
    for (const options of [{ mode: "off" }, { models: ["o3"] }, { maxContinue: 0 }] as const) {
      const plain = answering(whole);
      await collect(foldTurn(text, plain.openRound, options));
      expect(plain.bodies).toEqual([text]);
    }
  });

  test("reads what a fetch gives", async () => {
    const bodies = [cut, whole].map((texts) => new Response(canonicalSse(texts)).body ?? []);
    const openRound = () => from(bodies.shift() ?? []).pipe(parseEvents());
    const events = await collect(foldTurn(request, openRound));
    expect(events.at(-1)?.json).toMatchObject({
      response: { metadata: { proxy_rounds: expect.anything() } },
    });
  });

  test("opens nothing before it is subscribed to, and aborts the open round when it is given up", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [p, r, t] = [created(), itemDone(reasoning()), completed()];
      const upstream = cold("--p-r-t|", { p, r, t });
      const openRound = vi.fn(() => upstream);
      const turn = foldTurn(request, openRound);
      expect(openRound).not.toHaveBeenCalled();

      expectObservable(turn, "^----!").toBe("--p-r", { p, r });
      expectSubscriptions(upstream.subscriptions).toBe("^----!");
    });
  });

  test("errors with round 1's own failure", async () => {
    const lost = new UpstreamLost("connection reset", "stream");
    await expect(collect(foldTurn(request, () => throwError(() => lost)))).rejects.toBe(lost);
    const refused = new Error("no such host");
    await expect(collect(foldTurn(request, () => Promise.reject(refused)))).rejects.toBe(refused);
  });

  test("takes operators, and tells what happens", async () => {
    const said: string[] = [];
    const hooks: TurnHooks = {
      observe: (signal) => said.push(signal.kind),
      log: (level, text) => said.push(`${level}: ${text}`),
      operators: {
        response: [
          function grumble({ log, transport }) {
            log("info", transport);
            return concatMap((event: ResponseEvent) => of(event));
          },
        ],
      },
    };
    await collect(foldTurn(request, answering(cut, whole).openRound, {}, hooks));
    expect(said[0]).toBe("info: grumble: library");
    expect(said.slice(1)).toEqual([
      ...["hold_start", "round_end", "round_start"],
      ...["hold_start", "round_end", "first_word", "turn_end"],
    ]);
  });

  test("continues on a verdict of one's own, with a nudge of one's own", async () => {
    const { bodies, openRound } = answering(whole, round().reasoning(700).message("21").completed());
    const nudge = vi.fn(() => "Go on.");
    await collect(
      foldTurn(request, openRound, { continueWhen: ({ round }) => round === 1 && "again", nudge }),
    );
    expect(nudge).toHaveBeenCalledWith({ round: 2, reason: "again" });
    expect(bodies[1]).toContain("Go on.");
  });
});

describe("what cannot be used is said at once", () => {
  const open = () => of(completed());

  test.each([
    [{ maxContinue: -1 }, "maxContinue must be a whole number, 0 or more, not -1"],
    [{ mode: "on" }, 'mode must be one of fold, observe, off, not "on"'],
    [
      { nudge: "" },
      'nudge must be a text that is not empty, or a function ({ round, reason }) => string | object, not ""',
    ],
    [{ port: 1 }, "unknown option port"],
  ])("options %j", (options, message) => {
    expect(() => foldTurn(request, open, options as never)).toThrow(new InvalidOption(message));
  });

  test("operators that are none", () => {
    const hooks = { operators: { response: [map], rund: [] } } as never;
    expect(() => foldTurn(request, open, {}, hooks)).toThrow(
      "unknown option operators.rund, did you mean operators.round?",
    );
  });

  test.each(["[]", "no JSON", '"text"'])("a body such as %s", (body) => {
    expect(() => foldTurn(body, open)).toThrow(InvalidRequest);
  });
});

test("a turn without a fingerprint is the upstream's very events", async () => {
  const texts = round().message("hello").completed();
  const events = texts.map((text) => responseEvent(text));
  expect(await collect(foldTurn(request, () => events))).toEqual(events);
});
