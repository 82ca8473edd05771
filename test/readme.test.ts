import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commands as table } from "../src/commands/index.js";

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
const rows = (text: string): number => text.split("\n").filter((line) => line.startsWith("|")).length;
const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !target.startsWith("README"));

test("the two READMEs have the same headings, code blocks, tables and links", () => {
  expect(headings(chinese)).toEqual(headings(english));
  expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
  expect(rows(chinese)).toBe(rows(english));
  expect(links(chinese).sort()).toEqual(links(english).sort());
});

test("every file that the README links to is there", () => {
  const files = links(english).filter((target) => !target.startsWith("http"));
  expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
});

test("the badges are true", () => {
  const { engines, license } = JSON.parse(read("package.json")) as {
    engines: { node: string };
    license: string;
  };
  const installed = /brings (\d+) packages/.exec(read("docs/dependencies.md"))?.[1];
  const badges = [...english.matchAll(/shields\.io\/badge\/([^)]+)/g)].map(([, text = ""]) => text);
  expect(badges).toEqual([
    `node-${encodeURIComponent(engines.node)}-5fa04e`,
    `license-${license}-blue`,
    `dependencies-${installed}-lightgrey`,
  ]);
});

test("docs/commands.md has every command", () => {
  const cells = read("docs/commands.md")
    .split("\n")
    .flatMap((line) => /^\| (.*?) \|/.exec(line)?.[1] ?? []);
  const named: readonly string[] = cells.join(" ").match(/[a-z-]+/g) ?? [];
  const visible = table.filter(({ hidden }) => !hidden).map(({ name }) => name);
  expect(visible.filter((name) => !named.includes(name))).toEqual([]);
});
