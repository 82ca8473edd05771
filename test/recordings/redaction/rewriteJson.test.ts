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

  test.each(["", "{", '{"a":}', "[DONE]", '{"a":1}x', '{"a":/* c */1}'])("%j is not JSON", (text) => {
    expect(rewriteJson(text, {})).toBeUndefined();
  });
});
