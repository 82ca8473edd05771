import { expect, it } from "vitest";
import { responseAliases } from "../../src/transport/responseAliases.js";

it("knows a response by both of its ids, and one that was not folded by its own", () => {
  const aliases = responseAliases();
  aliases.add("seen", "released");
  expect(["seen", "released", "other"].map(aliases.resolve)).toEqual(["released", "released", "other"]);
});

it("forgets the oldest first, and not what was named again", () => {
  const aliases = responseAliases(2);
  aliases.add("a", "1");
  aliases.add("b", "2");
  aliases.add("a", "3");
  aliases.add("c", "4");
  expect(["a", "b", "c"].map(aliases.resolve)).toEqual(["3", "b", "4"]);
});

it("forgets an id that stands for itself again", () => {
  const aliases = responseAliases();
  aliases.add("a", "1");
  aliases.add("a", "a");
  expect(aliases.resolve("a")).toBe("a");
});
