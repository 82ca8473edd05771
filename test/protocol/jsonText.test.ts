import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editJson, memberText, sliceJson, sliceJsonArray } from "../../src/protocol/jsonText.js";

/** Everything that parsing and printing would change. */
const AWKWARD = [
  '{ "big": 9007199254740993, "z" : -0.0, "exp": 1E5,',
  '\t"nested": {"b": 18446744073709551615, "a": "\\u00e9\\/\\ud83d\\ude00"},',
  '  "10": 1, "2": 2 }',
].join("\n");

describe("editJson", () => {
  test("without edits the text is the text", () => {
    expect(editJson(AWKWARD, [])).toBe(AWKWARD);
  });

  test("replaces a value and leaves every other byte", () => {
    expect(editJson(AWKWARD, [{ path: ["z"], raw: "true" }])).toBe(AWKWARD.replace("-0.0", "true"));
  });

  test("replaces a nested value", () => {
    const edited = editJson(AWKWARD, [{ path: ["nested", "b"], raw: "[1]" }]);

    expect(edited).toBe(AWKWARD.replace("18446744073709551615", "[1]"));
  });

  test("adds a member after the last one", () => {
    expect(editJson('{"a":1}', [{ path: ["b"], raw: '"x"' }])).toBe('{"a":1,"b":"x"}');
  });

  test("adds several members, in order", () => {
    const edits = [
      { path: ["b"], raw: "2" },
      { path: ["c"], raw: "3" },
    ];

    expect(editJson('{"a":1}', edits)).toBe('{"a":1,"b":2,"c":3}');
  });

  test("adds several members to an empty object", () => {
    const edits = [
      { path: ["m", "b"], raw: "2" },
      { path: ["m", "c"], raw: "3" },
    ];

    expect(JSON.parse(editJson('{"m":{}}', edits))).toEqual({
      m: { b: 2, c: 3 },
    });
    expect(JSON.parse(editJson('{"m":{ }, "n":1}', edits))).toEqual({
      m: { b: 2, c: 3 },
      n: 1,
    });
  });

  test.each([
    ['{"id":"a","b":1}', '{"b":1}'],
    ['{"b":1,"id":"a"}', '{"b":1}'],
    ['{"b":1,"id":"a","c":2}', '{"b":1,"c":2}'],
    ['{"id":"a"}', "{}"],
    ['{ "id" : "a" , "b" : 9007199254740993 }', '{"b":9007199254740993}'],
    ['{"b":1}', '{"b":1}'],
  ])("removes a member: %s", (text, expected) => {
    const edited = editJson(text, [{ path: ["id"], raw: undefined }]);

    expect(edited.replace(/\s/g, "")).toBe(expected);
  });

  test("leaves out what has no parent", () => {
    expect(editJson('{"a":1}', [{ path: ["x", "y"], raw: "2" }])).toBe('{"a":1}');
    expect(editJson('{"a":1}', [{ path: ["a", "y"], raw: "2" }])).toBe('{"a":1}');
    expect(editJson('{"a":1}', [{ path: ["x", "y"], raw: undefined }])).toBe('{"a":1}');
    expect(editJson('{"a":"x 1","b":2}', [{ path: ["a", 0], raw: "2" }])).toBe('{"a":"x 1","b":2}');
  });

  test("replaces, adds and removes in one go, offsets independent of each other", () => {
    const edits = [
      { path: ["c"], raw: "333333" },
      { path: ["a"], raw: undefined },
      { path: ["d"], raw: "4" },
    ];

    expect(JSON.parse(editJson('{"a":1,"b":2,"c":3}', edits))).toEqual({
      b: 2,
      c: 333333,
      d: 4,
    });
  });

  test("edits go where their values stand, in whatever order they are named", () => {
    const edits = [
      { path: ["c", 1], raw: "33" },
      { path: ["b", "y"], raw: "22" },
      { path: ["a"], raw: "11" },
      { path: ["b", "x"], raw: "21" },
      { path: ["c", 0], raw: "32" },
    ];

    expect(editJson(' {"a":1, "b":{"x":2,"y":3}, "c":[4, 5]} ', edits)).toBe(
      ' {"a":11, "b":{"x":21,"y":22}, "c":[32, 33]} ',
    );
  });

  test.each([" ", "\t", "\n", "\r", "\r\n  "])("white space may stand anywhere: %j", (w) => {
    const text = `${w}{${w}"a"${w}:${w}[${w}1${w},${w}{${w}}${w}]${w},${w}"b"${w}:${w}2${w}}${w}`;
    const edits = [
      { path: ["a", 0], raw: "3" },
      { path: ["a", 1, "c"], raw: "4" },
      { path: ["b"], raw: "5" },
    ];

    expect(editJson(text, edits).replaceAll(w, "")).toBe('{"a":[3,{"c":4}],"b":5}');
    expect(sliceJson(text, ["a", 1])).toBe(`{${w}}`);
    expect(editJson(text, [{ path: [], raw: "6" }])).toBe(`${w}6${w}`);
  });

  test("an array gets no more elements, and loses none", () => {
    const text = '{"a":[1,2]}';

    expect(editJson(text, [{ path: ["a", 2], raw: "3" }])).toBe(text);
    expect(editJson(text, [{ path: ["a", 0], raw: undefined }])).toBe(text);
  });

  test("is not misled by the key inside strings or deeper objects", () => {
    const text = '{"s":"\\"input\\":1","deep":{"input":2},"input":3}';

    expect(editJson(text, [{ path: ["input"], raw: "4" }])).toBe(text.replace('"input":3', '"input":4'));
  });

  test("of a repeated key the last one counts, as for JSON.parse", () => {
    const edited = editJson('{"input":1,"input":2}', [{ path: ["input"], raw: "3" }]);

    expect(JSON.parse(edited)).toEqual({ input: 3 });
  });
});

test.each(['{"a":1,"b":', '{"a":1', '{"a":"x', "[1,2", "", "no JSON"])(
  "what does not end is left alone: %s",
  (text) => {
    expect(editJson(text, [{ path: ["a"], raw: "3" }])).toBe(text);
  },
);

describe("slices", () => {
  test.each([
    ['{"item":{"a":1},"b":2}', '{"a":1}'],
    ['{"b":{"item":1},"item": [1, {"item":2}] , "c":3}', '[1, {"item":2}]'],
    ['{"b":[{"item":1}],"item":9007199254740993}', "9007199254740993"],
    ['{"b":{"c":{"item":1}},"item":"a,}b"}', '"a,}b"'],
    ['{"item":{},"b":[]}', "{}"],
    ['{"item":1,"b":{"x":1},"item":2}', "2"],
    ['{"b":{"item":1}}', undefined],
    ["{}", undefined],
  ])("the member of %s is exactly as written", (text, expected) => {
    expect(memberText(text, "item")).toBe(expected);
    expect(sliceJson(text, ["item"])).toBe(expected);
  });

  test("a value's text is exactly as written", () => {
    expect(sliceJson(AWKWARD, ["nested"])).toBe(
      '{"b": 18446744073709551615, "a": "\\u00e9\\/\\ud83d\\ude00"}',
    );
    expect(sliceJson(AWKWARD, ["nested", "b"])).toBe("18446744073709551615");
    expect(sliceJson(AWKWARD, ["missing"])).toBeUndefined();
  });

  test("an array's elements are exactly as written", () => {
    const text = '{"input": [ {"id": 9007199254740993 } , "x",\n[1, 2], null ]}';

    expect(sliceJsonArray(text, ["input"])).toEqual(['{"id": 9007199254740993 }', '"x"', "[1, 2]", "null"]);
  });

  test.each([
    '{"input":"text"}',
    '{"input":{}}',
    '{"input":{"a":1}}',
    "{}",
    '{"input":[]}',
    '{"input":[1',
    '{"input":',
  ])("no elements in %s", (text) => {
    expect(sliceJsonArray(text, ["input"])).toEqual([]);
  });
});

/** Far deeper than functions can call themselves. */
const DEEP = "[".repeat(200_000) + "]".repeat(200_000);

test("nesting of any depth is edited and sliced like any other value", () => {
  const text = `{"deep":${DEEP},"a":1,"b":2}`;
  const edits = [
    { path: ["a"], raw: "3" },
    { path: ["b"], raw: undefined },
  ];

  expect(editJson(text, edits)).toBe(`{"deep":${DEEP},"a":3}`);
  expect(sliceJson(text, ["deep"])).toBe(DEEP);
  expect(memberText(text, "deep")).toBe(DEEP);
  expect(sliceJsonArray(`{"input":[${DEEP}, 1]}`, ["input"])).toEqual([DEEP, "1"]);
});

test("whatever JSON.parse reads, the same values are found, however they are written", () => {
  const indents = fc.constantFrom(undefined, 2, "\t");
  // Not just any backslash: once it has read {"":1,"\\":1}, JSON.parse of Node 24 reads {"":1,"\"":1} as the same (seen).
  const strings = fc.string().filter((key) => !key.includes("\\"));
  const keys = fc.oneof(fc.constantFrom("a", '"', "\\[", "[", "{,}:"), strings);
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue()), indents, (object, indent) => {
      const text = JSON.stringify(object, undefined, indent);
      for (const [key, value] of Object.entries(JSON.parse(text) as object)) {
        expect(JSON.parse(sliceJson(text, [key]) ?? "")).toEqual(value);
        expect(memberText(text, key)).toBe(sliceJson(text, [key]));
        const elements = sliceJsonArray(text, [key]).map((element) => JSON.parse(element) as unknown);
        expect(elements).toEqual(Array.isArray(value) ? value : []);
        const { [key]: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
        expect(JSON.parse(editJson(text, [{ path: [key], raw: undefined }]))).toEqual(rest);
        expect(JSON.parse(editJson(text, [{ path: [key], raw: "7" }]))).toEqual({ ...rest, [key]: 7 });
      }
    }),
  );
});

test("any value at any depth is replaced where JSON.parse finds it", () => {
  const paths = (value: unknown): (string | number)[][] => {
    if (typeof value !== "object" || value === null) return [[]];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    const below = keys.flatMap((key) =>
      paths((value as Record<string | number, unknown>)[key]).map((path) => [key, ...path]),
    );
    return [[], ...below];
  };
  const values = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("\\\\"));
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 1), fc.nat(), (value, indent, choice) => {
      const text = JSON.stringify(value, undefined, indent);
      const all = paths(JSON.parse(text));
      const path = all[choice % all.length] ?? [];
      const model: unknown = JSON.parse(text);
      const edited = editJson(text, [{ path, raw: "-7.5" }]);

      expect(sliceJson(edited, path)).toBe("-7.5");
      expect(JSON.parse(edited)).toEqual(withValueAt(model, path, -7.5));
    }),
  );
});

function withValueAt(value: unknown, [key, ...rest]: readonly (string | number)[], by: number): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = withValueAt(copy[key], rest, by);
  return copy;
}
