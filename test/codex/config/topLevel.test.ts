import { describe, expect, it } from "vitest";
import { topLevelOf } from "../../../src/codex/config/topLevel.js";

const keysOf = (text: string) =>
  topLevelOf(text).keys.map(({ path, value }) => [path.join("/"), text.slice(value.start, value.end)]);

describe("topLevelOf", () => {
  it.each([
    ["bare key", "a = 1", [["a", "1"]]],
    [
      "comment behind a value",
      "a = 1 # [b]\nc = 2",
      [
        ["a", "1"],
        ["c", "2"],
      ],
    ],
    [
      "quoted and dotted keys",
      `"a.b" = 1\n'c' . d = 2\n"\\u0065" = 3`,
      [
        ["a.b", "1"],
        ["c/d", "2"],
        ["e", "3"],
      ],
    ],
    [
      "key with an equals sign and a bracket",
      `"a=[b]" = 1\nc = 2`,
      [
        ["a=[b]", "1"],
        ["c", "2"],
      ],
    ],
    [
      "hash and quote in strings",
      `a = "x # y \\" z"\nb = 'c:\\'\nd = 1`,
      [
        ["a", `"x # y \\" z"`],
        ["b", `'c:\\'`],
        ["d", "1"],
      ],
    ],
    [
      "table look-alikes in multi-line strings",
      `a = """\n[t]\nb = 1\n"""\nc = '''\n[u]\n'''`,
      [
        ["a", `"""\n[t]\nb = 1\n"""`],
        ["c", `'''\n[u]\n'''`],
      ],
    ],
    [
      "quotes at the end of multi-line strings",
      `a = """x"""""\nb = '''y'''''\nc = """\\""""\nd = """x""""`,
      [
        ["a", `"""x"""""`],
        ["b", `'''y'''''`],
        ["c", `"""\\""""`],
        ["d", `"""x""""`],
      ],
    ],
    [
      "arrays over lines with comments",
      `a = [ # ]\n  "]", # "\n  [1],\n]\nb = { x = "}", y = [2] }\n`,
      [
        ["a", `[ # ]\n  "]", # "\n  [1],\n]`],
        ["b", `{ x = "}", y = [2] }`],
      ],
    ],
    [
      "line breaks of Windows",
      "a = 1\r\n\r\n# c\r\nb = 2\r\n",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["byte order mark", "\uFEFFa = 1", [["a", "1"]]],
    ["values with spaces in them", "a = 1979-05-27 07:32:00 # when\n", [["a", "1979-05-27 07:32:00"]]],
  ])("%s", (_name, text, expected) => {
    expect(keysOf(text)).toEqual(expected);
  });

  it("stops at the first table", () => {
    const text = "a = 1\n  [t]\nb = 2\n";
    expect(keysOf(text)).toEqual([["a", "1"]]);
    expect(topLevelOf(text).firstTable).toBe(6);
  });

  it("gives whole lines", () => {
    const text = "# top\r\n  a = [\r\n 1 ] # x\r\nb = 2";
    const lines = topLevelOf(text).keys.map(({ line }) => text.slice(line.start, line.end));
    expect(lines).toEqual(["  a = [\r\n 1 ] # x\r\n", "b = 2"]);
  });

  it("reads a megabyte of instructions in one go", () => {
    const text = `a = """${`say "hi" [x] \\" \\n\n`.repeat(60_000)}"""\nb = 1\n`;
    expect(keysOf(text).map(([key]) => key)).toEqual(["a", "b"]);
  });
});
