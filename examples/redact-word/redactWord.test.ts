import {
  completed,
  delta,
  event,
  itemDone,
  marbles,
  message,
  operatorContext,
  rateLimits,
  reasoning,
  round,
  runFold,
} from "codexcomp/testing";
import { expect, test } from "vitest";
import { redactWord } from "./redactWord.js";

const redact = redactWord("blue bird")(operatorContext());

test("deltas may cut the word anywhere", () => {
  marbles(({ cold, expectObservable }) => {
    const a = delta("the bl");
    const b = delta("ue b");
    const c = delta("ird sings");
    const source = cold(" a-b-c-|", { a, b, c });
    const expected = "    x-y-z-|";

    expectObservable(source.pipe(redact)).toBe(expected, {
      x: delta("the "),
      y: delta(""),
      z: delta("*** sings"),
    });
  });
});

test("what only looked like the word comes out when the text ends, not when something else passes", () => {
  marbles(({ cold, expectObservable }) => {
    const a = delta("a blue b");
    const q = rateLimits();
    const d = event("response.output_text.done", { text: "a blue b" });
    const source = cold(" a-q-d---|", { a, q, d });
    const expected = "    x-q-(yd)|";

    expectObservable(source.pipe(redact)).toBe(expected, { x: delta("a "), y: delta("blue b"), q, d });
  });
});

test("whole texts are redacted, in items and in the terminal; tool calls and reasoning stay", () => {
  marbles(({ cold, expectObservable }) => {
    const r = itemDone(reasoning("rs_1", { summary: [{ type: "summary_text", text: "the blue bird" }] }));
    const m = itemDone(message("the blue bird"));
    const t = completed({ response: { output: [message("blue bird, blue bird")] } });
    const source = cold(" r-m-t-|", { r, m, t });
    const expected = "    r-n-u-|";

    const n = itemDone(message("the ***"));
    const u = completed({ response: { output: [message("***, ***")] } });
    expectObservable(source.pipe(redact)).toBe(expected, { r, n, u });
  });
});

test("no trace of the word is left in a whole turn, nor in the terminal of a fold", async () => {
  const cut = round().reasoning(516).message("A blue bird.").completed();
  const answer = round().reasoning(300).message("Where the blue bird sings, a blue boat waits.").completed();
  const events = await runFold([cut, answer], { operators: { response: [redactWord("blue bird")] } });

  const said = "Where the *** sings, a blue boat waits.";
  const deltas = events.filter(({ type }) => type === "response.output_text.delta");
  expect(deltas.map(({ json }) => json?.["delta"]).join("")).toBe(said);
  expect(events.map(({ data }) => data).join("\n")).not.toContain("blue bird");
  expect(events.at(-1)?.data).toContain(said);
});
