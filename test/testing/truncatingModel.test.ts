import { afterEach, describe, expect, test } from "vitest";
import {
  simulatedUpstream,
  truncatingModel,
  type ModelStep,
  type SimulatedUpstream,
} from "../../src/testing/index.js";
import { BODY, connect, post } from "./clients.js";

type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

const NUDGE = {
  type: "message",
  role: "assistant",
  phase: "commentary",
  content: [{ type: "output_text", text: "Continue thinking..." }],
};
const USER = { type: "message", role: "user", content: "how many?" };

let upstream: SimulatedUpstream;
afterEach(() => upstream.close());

interface Turn {
  readonly tokens: number;
  readonly items: readonly Json[];
  readonly reasoning: readonly Json[];
  readonly act: Json;
}

/** Asks with a full input, as a proxy's continuation does. */
async function asking(steps: readonly ModelStep[]): Promise<(input: readonly Json[]) => Promise<Turn>> {
  upstream = await simulatedUpstream({ script: truncatingModel({ steps }) });
  return async (input) => {
    const { status, text, events } = await post(`${upstream.url}/v1/responses`, { ...BODY, input });
    if (status !== 200) throw new Error(text);
    const items = events
      .filter(({ type }) => type === "response.output_item.done")
      .map(({ item }) => item as Json);
    return {
      tokens: events.at(-1)?.["response"].usage.output_tokens_details.reasoning_tokens as number,
      items,
      reasoning: items.filter(({ type }) => type === "reasoning"),
      act: items.at(-1) ?? {},
    };
  };
}

const text = ({ act }: Turn): unknown => act["content"][0].text;
const outputOf = ({ act }: Turn): Json => ({
  type: "function_call_output",
  call_id: act["call_id"] as unknown,
  output: "ok",
});

describe("truncatingModel()", () => {
  test("answers wrongly until its thinking was continued often enough", async () => {
    const ask = await asking([{ cuts: [516, 1034], wrong: "29", right: "21" }]);
    const first = await ask([USER]);
    expect([first.tokens, text(first)]).toEqual([516, "29"]);
    const second = await ask([USER, ...first.reasoning, NUDGE]);
    expect([second.tokens, text(second)]).toEqual([1034, "29"]);
    const third = await ask([USER, ...first.reasoning, ...second.reasoning, NUDGE]);
    expect([third.tokens, text(third)]).toEqual([217, "21"]);
  });

  test("gets no further when thoughts are missing, or the early ones come back", async () => {
    const ask = await asking([{ cuts: [516, 1034], wrong: "29", right: "21" }]);
    const first = await ask([USER]);
    const second = await ask([USER, ...first.reasoning, NUDGE]);
    expect((await ask([USER, NUDGE])).tokens).toBe(516);
    expect(text(await ask([USER, ...second.reasoning, NUDGE]))).toBe("29");
    expect(text(await ask([USER, ...first.reasoning, ...second.reasoning]))).toBe("29");
  });

  test("starts over when the turn is tried again", async () => {
    const ask = await asking([{ cuts: [516], wrong: "29", right: "21" }]);
    await ask([USER]);
    expect((await ask([USER])).tokens).toBe(516);
  });

  test("can stall once, and goes on after the next nudge", async () => {
    const ask = await asking([{ cuts: [516, 0, 1034], wrong: "29", right: "21" }]);
    const first = await ask([USER]);
    const stalled = await ask([USER, ...first.reasoning, NUDGE]);
    expect([stalled.tokens, stalled.reasoning.length, text(stalled)]).toEqual([0, 0, "29"]);
    const third = await ask([USER, ...first.reasoning, NUDGE]);
    expect(third.tokens).toBe(1034);
    const last = await ask([USER, ...first.reasoning, ...third.reasoning, NUDGE]);
    expect(text(last)).toBe("21");
  });

  const ls: ModelStep = {
    cuts: [516],
    wrong: (round) => round.functionCall("shell", { command: ["rm"] }),
    right: (round) =>
      round.message("I'll look.", { phase: "commentary" }).functionCall("shell", { command: ["ls"] }),
  };

  test("takes one step for every tool output, and one for every answer", async () => {
    const ask = await asking([
      { right: ls.right },
      ls,
      { right: "done" },
      { cuts: [516], wrong: "b", right: "a" },
    ]);
    const history: Json[] = [USER];
    const first = await ask(history);
    expect(first.tokens).toBe(217);
    history.push(...first.items, outputOf(first));

    const cut = await ask(history);
    expect([cut.tokens, cut.act["arguments"]]).toEqual([516, '{"command":["rm"]}']);
    const second = await ask([...history, ...cut.reasoning, NUDGE]);
    expect(second.act["arguments"]).toBe('{"command":["ls"]}');
    history.push(...cut.reasoning, ...second.items, outputOf(second));

    const answer = await ask(history);
    expect(text(answer)).toBe("done");
    history.push(...answer.items, USER);
    const next = await ask(history);
    expect(text(next)).toBe("b");
    expect(text(await ask([...history, ...next.reasoning, NUDGE]))).toBe("a");
  });

  test("takes calls that go out together as one step", async () => {
    const both: ModelStep = { right: (round) => round.functionCall("a").functionCall("b") };
    const ask = await asking([both, { right: "done" }]);
    const { items } = await ask([USER]);
    const outputs = items
      .filter(({ type }) => type === "function_call")
      .map((act) => outputOf({ act } as unknown as Turn));
    expect(text(await ask([USER, ...items, ...outputs]))).toBe("done");
  });

  test("remembers over a compaction how far it was", async () => {
    const ask = await asking([{ right: ls.right }, { right: "done" }]);
    const first = await ask([USER]);
    const history = [USER, ...first.items, outputOf(first)];
    const compacted = await ask([...history, { type: "compaction_trigger" }]);
    expect(compacted.items.map(({ type }) => type as string)).toEqual(["compaction"]);
    expect(text(await ask([USER, ...compacted.items]))).toBe("done");
  });

  test("chooses steps by the request", async () => {
    upstream = await simulatedUpstream({
      script: truncatingModel({ steps: ({ body }) => [{ right: String(body["user"]) }] }),
    });
    const { text } = await post(`${upstream.url}/v1/responses`, { ...BODY, user: "me" });
    expect(text).toContain('"text":"me"');
  });

  test("reads the same from a connection's own state", async () => {
    upstream = await simulatedUpstream({ script: truncatingModel({ steps: [ls, { right: "done" }] }) });
    const { turn } = await connect(`${upstream.url}/backend-api/codex/responses`);
    const events = await turn();
    const items = events
      .filter(({ type }) => type === "response.output_item.done")
      .map(({ item }) => item as Json);
    const output = outputOf({ act: items.at(-1) } as unknown as Turn);
    const next = await turn({
      previous_response_id: events.at(-1)?.["response"].id as string,
      input: [output],
    });
    expect(JSON.stringify(next)).toContain('"done"');
  });

  test("is the same in every run", async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      if (run > 0) await upstream.close();
      const ask = await asking([{ cuts: [516], wrong: "29", right: "21" }]);
      runs.push((await ask([USER])).items.map(({ id }) => id as string));
    }
    expect(runs[0]).toEqual(runs[1]);
  });
});
