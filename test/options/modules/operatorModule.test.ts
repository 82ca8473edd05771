import { describe, expect, test } from "vitest";
import { joined, loadOperators } from "../../../src/options/modules/operatorModule.js";
import { folderWith } from "./folder.js";

const load = (files: Record<string, string>) => loadOperators(Object.keys(files), folderWith(files));
const namesOf = async (loading: ReturnType<typeof load>) => {
  const { round, response } = await loading;
  return { round: round.map(({ name }) => name), response: response.map(({ name }) => name) };
};

describe("the exports of a module", () => {
  test("the default is a response operator, called after its file where it has no name", async () => {
    expect(await namesOf(load({ "shout.mjs": "export default () => (events) => events" }))).toEqual({
      round: [],
      response: ["shout.mjs"],
    });
    const named = "export default function shout() { return (events) => events }";
    expect((await namesOf(load({ "a.mjs": named }))).response).toEqual(["shout"]);
  });

  test("round and response name the place; each may be a list", async () => {
    const text = `const a = () => (e) => e; const b = () => (e) => e;
      export const round = a; export const response = [a, b]; export default b;`;
    expect(await namesOf(load({ "both.mjs": text }))).toEqual({ round: ["a"], response: ["b", "a", "b"] });
  });

  test.each([
    ["as TypeScript compiles it", "exports.__esModule = true; exports.default = function shout() {};"],
    ["as people write it", "module.exports = function shout() {};"],
  ])("may be CommonJS, %s", async (_, text) => {
    expect(await namesOf(load({ "shout.cjs": text }))).toEqual({ round: [], response: ["shout"] });
  });

  test("an operator that was given a name is told what the other is told", async () => {
    const { response } = await load({ "a.mjs": "export default (context) => () => context" });
    const context = { model: "gpt-5.5" };
    expect(response[0]?.(context as never)(undefined as never)).toBe(context);
  });
});

test("several modules keep their order", async () => {
  const files = { "b.mjs": "export default function b() {}", "a.mjs": "export default function a() {}" };
  expect((await namesOf(load(files))).response).toEqual(["b", "a"]);
});

test.each([
  [
    "export const operator = () => {}",
    "has no operator: it needs a default export, (context) => (events) => events,",
  ],
  ["export default 5", 'a.mjs: the export "default" must be a function, (context) => (events) => events'],
  ["export const round = [5]", 'a.mjs: the export "round" must be a function'],
])("%s cannot be used", async (text, message) => {
  await expect(load({ "a.mjs": text })).rejects.toThrow(message);
});

test("operators of several origins are joined in order", () => {
  const [a, b] = [() => (e: never) => e, () => (e: never) => e] as never[];
  expect(
    joined([undefined, { round: [a as never] }, { round: [b as never], response: [b as never] }]),
  ).toEqual({
    round: [a, b],
    response: [b],
  });
});
