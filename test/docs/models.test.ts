import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { modelsPage } from "../../src/commands/help/modelsPage.js";
import { adviceFor } from "../../src/protocol/modelAdvice.js";
import { FOLDED_BY_DEFAULT, isFoldedByDefault, knownModel } from "../../src/protocol/knownModels.js";

test("docs/models.md says what the table says (npm run docs:models)", async () => {
  expect(await readFile("docs/models.md", "utf8")).toBe(modelsPage());
});

describe("the table of models", () => {
  test("folds what is known to help", () => {
    expect(FOLDED_BY_DEFAULT).toEqual(["gpt-5.5*", "gpt-5.4*"]);
    const folded = ["gpt-5.5", "gpt-5.5-2026-04-23", "gpt-5.4", "gpt-5.6-sol", "gpt-6-astra", "my-gpt-5.5"].map(isFoldedByDefault); // oxfmt-ignore
    expect(folded).toEqual([true, true, true, false, false, false]);
    expect(knownModel("gpt-6-astra")).toBeUndefined();
  });

  test.each([
    ["gpt-5.5", true, /^folded by default; folding helps it \(measured\): nothing to do but run codexcomp$/],
    [
      "gpt-5.4",
      true,
      /^folded by default; what that gains was not measured: find out with codexcomp eval --model gpt-5\.4$/,
    ],
    [
      "gpt-5.6-sol",
      true,
      /^not folded by default; folding made no difference \(measured\).* --models 'gpt-5\.6-sol'$/,
    ],
    [
      "gpt-6-astra",
      true,
      /^not folded by default; nobody knows .* codexcomp eval --model gpt-6-astra, and fold it with --models/,
    ],
    ["gpt-6-astra", false, /^not folded by default; nothing to do$/],
    ["gpt-6-astra", undefined, /too few responses to tell/],
  ])("advises on %s, affected: %s", (model, affected, text) => {
    expect(adviceFor(model, affected).text).toMatch(text);
  });
});
