import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rewriteJson } from "../../../src/recordings/redaction/rewriteJson.js";

/** Where each value stands, as a path. */
function placesOf(text: string): string[] {
  const places: string[] = [];
  rewriteJson(text, {
    text: (raw, { name, within }) => void places.push(`${[...within, name].join("/")}=${raw}`),
    number: (raw, { name, within }) => void places.push(`${[...within, name].join("/")}=${raw}`),
  });
  return places;
}

/** Everything in a JSON value. */
function partsOf(value: unknown): { texts: string[]; numbers: number[]; names: string[] } {
  if (typeof value === "string") return { texts: [value], numbers: [], names: [] };
  if (typeof value === "number") return { texts: [], numbers: [value], names: [] };
  if (typeof value !== "object" || value === null) return { texts: [], numbers: [], names: [] };
  const parts = Object.values(value).map(partsOf);
  return {
    texts: parts.flatMap(({ texts }) => texts),
    numbers: parts.flatMap(({ numbers }) => numbers),
    names: [...(Array.isArray(value) ? [] : Object.keys(value)), ...parts.flatMap(({ names }) => names)],
  };
}

describe("rewriteJson", () => {
  test("tells where a value stands: names from the outside, lists by their member", () => {
    expect(placesOf('{"a":"1","b":{"c":["2",{"d":3},"4"],"e":"5"},"f":"6"}')).toEqual([
      "/a=1",
      "/b/c=2",
      "/b/c/d=3",
      "/b/c=4",
      "/b/e=5",
      "/f=6",
    ]);
  });

  test("rewrites texts, numbers and names, and leaves every other byte", () => {
    const text = '{ "a" : "x\\n\\u00e9", "n": 1.50e3 , "l":[ "y" ],"t":true}';
    const rewritten = rewriteJson(text, {
      text: (raw) => raw.toUpperCase(),
      number: () => "7",
      name: (raw) => (raw === "l" ? "L" : undefined),
    });
    expect(rewritten).toBe('{ "a" : "X\\N\\U00E9", "n": 7 , "L":[ "Y" ],"t":true}');
  });

  test("finds its way through any JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { texts, numbers, names } = partsOf(JSON.parse(text));
        const found = { texts: [] as string[], numbers: [] as number[], names: [] as string[] };
        const copy = rewriteJson(text, {
          text: (raw) => (found.texts.push(JSON.parse(`"${raw}"`) as string), raw),
          number: (raw) => (found.numbers.push(Number(raw)), raw),
          name: (raw) => (found.names.push(JSON.parse(`"${raw}"`) as string), raw),
        });
        expect(copy).toBe(text);
        expect(found.texts.sort()).toEqual(texts.sort());
        expect(found.names.sort()).toEqual(names.sort());
        expect(found.numbers).toHaveLength(numbers.length);
      }),
    );
  });

  test.each(["", "{", '{"a":}', "[DONE]", '{"a":1}x', '{"a":/* c */1}'])("%j is not JSON", (text) => {
    expect(rewriteJson(text, {})).toBeUndefined();
  });
});
