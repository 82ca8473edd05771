import { foldResponse, InvalidOption, InvalidRequest, type TurnHooks } from "codexcomp";
import { round, type Round } from "codexcomp/testing";
import { NEVER, filter, firstValueFrom, lastValueFrom, map, throwError } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { memberText } from "../../src/protocol/jsonText.js";

const cut = wholeOf(round().reasoning(516).message("29").completed({ output: "items" }));
const whole = wholeOf(round().reasoning(302).message("21").completed({ output: "items" }));
const request = { model: "gpt-5.5", input: "How many?", reasoning: { effort: "high" } };

/** The response that a round ends with. */
function wholeOf(built: Round): string {
  return memberText(built.at(-1) ?? "", "response") ?? "";
}

/** Answers a turn's rounds in order, and keeps the bodies that asked for them. */
function answering<T>(...answers: readonly T[]) {
  const bodies: string[] = [];
  const openJson = (body: string): Promise<T> => {
    const answer = answers[bodies.push(body) - 1];
    return answer === undefined ? Promise.reject(new Error("no more answers")) : Promise.resolve(answer);
  };
  return { bodies, openJson };
}

type Read = { id: string; output: { type: string }[]; usage: object; metadata: object };
const read = (text: string): Read => JSON.parse(text) as Read;

describe("a turn that does not stream", () => {
  test("is one response of all its rounds", async () => {
    const { bodies, openJson } = answering(cut, whole);
    const text = await firstValueFrom(foldResponse(request, openJson));

    expect(read(text)).toMatchObject({
      id: read(cut).id,
      output: [{ type: "reasoning" }, { type: "reasoning" }, { content: [{ text: "21" }] }],
      usage: { output_tokens_details: { reasoning_tokens: 818 } },
      metadata: { proxy_rounds: [{ n: 1 }, { n: null }] },
    });
    expect(text).not.toContain('"29"');
    expect(bodies.map((body) => read(body))).toMatchObject([
      { ...request, include: ["reasoning.encrypted_content"] },
      { input: [{ role: "user" }, { type: "reasoning" }, { type: "message", phase: "commentary" }] },
    ]);
    for (const body of bodies) expect(body).not.toContain('"stream"');
  });

  test("gives objects for objects, and the very one where nothing was folded", async () => {
    const [one, two] = [read(cut), read(whole)];
    const folded = await firstValueFrom(foldResponse(request, answering(one, two).openJson));
    expect(folded.output).toHaveLength(3);
    expect(one.output).toHaveLength(2);

    expect(await firstValueFrom(foldResponse(request, answering(two).openJson))).toBe(two);
  });

  test("gives the answer of the first round where its continuation fails", async () => {
    const text = await firstValueFrom(foldResponse(request, answering(cut).openJson));
    expect(read(text)).toMatchObject({
      output: [{ type: "reasoning" }, { content: [{ text: "29" }] }],
      metadata: { proxy_stopped_reason: "continuation_failed" },
    });
    const broken = await firstValueFrom(foldResponse(request, answering(cut, "<html>").openJson));
    expect(broken).toBe(text);
  });

  test.each(["<html>Sorry</html>", '{"error":{"code":"no"}}', '{"object":"response","status":"queued"}'])(
    "passes what is no response as it is: %s",
    async (answer) => {
      expect(await firstValueFrom(foldResponse(request, answering(answer).openJson))).toBe(answer);
    },
  );

  test("errors with round 1's own failure", async () => {
    const refused = new Error("no such host");
    await expect(lastValueFrom(foldResponse(request, () => throwError(() => refused)))).rejects.toBe(refused);
  });

  test("asks nobody before it is subscribed to, and lets go of who is asked when it is given up", () => {
    const given = vi.fn();
    const openJson = vi.fn(() => NEVER.pipe(map(() => "")));
    const turn = foldResponse(request, openJson);
    expect(openJson).not.toHaveBeenCalled();
    const subscription = turn.subscribe(given);
    expect(openJson).toHaveBeenCalledOnce();
    subscription.unsubscribe();
    expect(given).not.toHaveBeenCalled();
  });

  test("holds whatever the model's sizes are, and shows operators items without deltas", async () => {
    const brief = wholeOf(
      round().reasoning({ tokens: 516, bytes: 713 }).message("29").completed({ output: "items" }),
    );
    const types: string[] = [];
    const hooks: Omit<TurnHooks, "liveLimit"> = {
      operators: {
        round: [
          () =>
            filter(({ type }) => {
              types.push(type);
              return true;
            }),
        ],
      },
    };
    const text = await firstValueFrom(
      foldResponse(request, answering(brief, whole).openJson, { hold: "adaptive" }, hooks),
    );
    expect(text).not.toContain('"29"');
    const item = ["response.output_item.added", "response.output_item.done"];
    const events = ["response.created", ...item, ...item, "response.completed"];
    expect(types).toEqual([...events, ...events]);
  });
});

describe("what cannot be used is said at once", () => {
  test("options", () => {
    const open = () => [cut];
    expect(() => foldResponse(request, open, { maxContinue: -1 })).toThrow(InvalidOption);
  });

  test.each(["[]", "no JSON"])("a body such as %s", (body) => {
    expect(() => foldResponse(body, () => [cut])).toThrow(InvalidRequest);
  });

  test("a request for a stream", () => {
    expect(() => foldResponse({ ...request, stream: true }, () => [cut])).toThrow(/foldTurn/);
  });
});
