import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { manPage } from "../../../src/commands/help/manPage.js";
import { commands } from "../../../src/commands/index.js";

describe("man/codexcomp.1", () => {
  it("is what `npm run man` would write now", () => {
    expect(readFileSync("man/codexcomp.1", "utf8").replaceAll("\r\n", "\n")).toBe(manPage(commands));
  });

  it("has no line that roff would take for an unknown macro", () => {
    const macros = manPage(commands).match(/^[.'].*/gm) ?? [];
    expect(macros.filter((line) => !/^\.(TH|SH|SS|TP|PP|EX|EE|B)\b/.test(line))).toEqual([]);
  });
});
