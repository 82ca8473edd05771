import {
  completed,
  created,
  delta,
  itemAdded,
  marbles,
  message,
  oneResponseProblems,
  operatorContext,
  round,
  runFold,
} from "codexcomp/testing";
import { map } from "rxjs";
import { expect, test } from "vitest";
import { stopAfterTokens } from "./stopAfterTokens.js";

const context = operatorContext();

test("the response ends with what was said, and the upstream is let go", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const p = created();
    const m = itemAdded(message(""));
    const [a, b, c] = [delta("a"), delta("b"), delta("c")];
    const source = cold(" p-m-a-b---c-|", { p, m, a, b, c });
    const subs = "        ^-----!      ";
    const expected = "    p-m-a-(bxyzt|)";

    const result = source.pipe(
      stopAfterTokens(2)(context),
      map(({ type }) => type),
    );
    expectObservable(result).toBe(expected, {
      p: "response.created",
      m: "response.output_item.added",
      ...{ a: a.type, b: b.type },
      x: "response.output_text.done",
      y: "response.content_part.done",
      z: "response.output_item.done",
      t: "response.completed",
    });
    expectSubscriptions(source.subscriptions).toBe(subs);
  });
});

test("a shorter response passes as it is", () => {
  marbles(({ cold, expectObservable }) => {
    const values = { p: created(), m: itemAdded(message("")), a: delta("a"), t: completed() };
    const source = cold(" p-m-a-t-|", values);
    const expected = "    p-m-a-t-|";

    expectObservable(source.pipe(stopAfterTokens(2)(context))).toBe(expected, values);
  });
});

test("what the client gets is one whole response", async () => {
  const long = round().reasoning(100).message("one two three four five").completed();
  const events = await runFold([long], { operators: { response: [stopAfterTokens(3)] } });

  const items = events.filter(({ type }) => type === "response.output_item.done");
  const text = events.map(({ type, json }) => (type === "response.output_text.delta" ? json?.["delta"] : ""));
  const output = items.map(({ json }) => json?.["item"]);
  expect(output).toMatchObject([
    { type: "reasoning" },
    { type: "message", content: [{ text: text.join("") }] },
  ]);
  expect(text.filter(Boolean)).toHaveLength(3);
  expect(events.at(-1)?.json).toMatchObject({
    type: "response.completed",
    response: { status: "completed", output },
  });
  expect(oneResponseProblems(events)).toEqual([]);
});
