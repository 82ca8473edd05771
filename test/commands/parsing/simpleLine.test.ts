import fc from "fast-check";
import { expect, test } from "vitest";
import { STANDARD_FLAGS, type Flag } from "../../../src/commands/command.js";
import { commands } from "../../../src/commands/index.js";
import { readLine, type Line } from "../../../src/commands/parsing/line.js";
import { simpleLine } from "../../../src/commands/parsing/simpleLine.js";
import { kebabCase } from "../../../src/commands/parsing/values.js";

const table: Record<string, Flag> = Object.assign({}, STANDARD_FLAGS, ...commands.map(({ flags }) => flags));
const value = fc.oneof(
  fc.constantFrom(
    "8787",
    "08",
    "1e3",
    "0x10",
    "true",
    "false",
    "-1",
    "a=b",
    "'x'",
    "",
    "https://a.test/v1",
    "a,b",
  ),
  fc.string({ maxLength: 6 }),
);
const flag = fc
  .tuple(fc.constantFrom(...Object.keys(table)), value, fc.constantFrom("=", " ", "none"))
  .map(([key, text, by]) => {
    const name = `--${kebabCase(key)}`;
    return by === "none" ? [name] : by === "=" ? [`${name}=${text}`] : [name, text];
  });
const word = fc
  .oneof(fc.constantFrom("run", "scan", "exec", "help", "-h", "--", "-p", "1"), value)
  .map((text) => [text]);
const line = fc.array(fc.oneof(flag, flag, word), { maxLength: 5 }).map((parts) => parts.flat());

/** The parser's lists of what was not given, which count for nothing. */
function withoutEmptyLists({ words, flags }: Line): Line {
  const given = Object.entries(flags).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return { words, flags: Object.fromEntries(given) };
}

test("a line that it reads is what the parser makes of it", () => {
  let read = 0;
  fc.assert(
    fc.property(line, (argv) => {
      const simple = simpleLine(argv, commands);
      if (!simple) return;
      read++;
      expect(simple).toEqual(withoutEmptyLists(readLine(argv, commands)));
    }),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(300);
});

test.each([
  ["run --port=8787 --mode=observe --no-journal --max-continue 5 --upstream=http://127.0.0.1:1/v1"],
  ["--config=/home/ada/.config/codexcomp.config.mjs run"],
  ["--version"],
  ["scan"],
])("%s is read without the parser", (text) => {
  expect(simpleLine(text.split(" "), commands)).toBeDefined();
});
