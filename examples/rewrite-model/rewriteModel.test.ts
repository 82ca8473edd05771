import { completed, created, delta, marbles, operatorContext } from "codexcomp/testing";
import { test } from "vitest";
import { rewriteModel } from "./rewriteModel.js";

const rewrite = rewriteModel({ "deployment-7": "gpt-5.5" })(operatorContext());
const by = (model: string) => ({
  p: created({ model }),
  d: delta("deployment-7"),
  t: completed({ response: { model } }),
});

test("response objects get the client's name; texts stay", () => {
  marbles(({ cold, expectObservable }) => {
    const source = cold(" p-d-t-|", by("deployment-7"));
    const expected = "    p-d-t-|";

    expectObservable(source.pipe(rewrite)).toBe(expected, by("gpt-5.5"));
  });
});

test("other models keep their names", () => {
  marbles(({ cold, expectObservable }) => {
    const source = cold(" p-d-t-|", by("toString"));
    const expected = "    p-d-t-|";

    expectObservable(source.pipe(rewrite)).toBe(expected, by("toString"));
  });
});
