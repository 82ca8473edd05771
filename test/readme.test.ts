import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), "utf8");
const [english, chinese] = [read("README.md"), read("README.zh-CN.md")];

const codeBlocks = (text: string): string[] => [...text.matchAll(/```[\s\S]*?```/g)].map(([block]) => block);
const headings = (text: string): string[] =>
  text
    .replace(/```[\s\S]*?```/g, "")
    .split("\n")
    .filter((line) => line.startsWith("#"))
    .map((line) => line.replace(/ .*/, ""));
const commands = (text: string): string[] =>
  [...text.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = ""]) => cell);
const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !target.startsWith("README"));

test("the two READMEs have the same headings, code blocks, commands and links", () => {
  expect(headings(chinese)).toEqual(headings(english));
  expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
  expect(commands(chinese)).toEqual(commands(english));
  expect(links(chinese).sort()).toEqual(links(english).sort());
});

test("every file that the README links to is there", () => {
  const files = links(english).filter((target) => !target.startsWith("http"));
  expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
});
