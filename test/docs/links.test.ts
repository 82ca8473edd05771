import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const pages = ["docs", "examples"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

test("every file that a page links to is there", () => {
  expect(pages.length).toBeGreaterThan(15);
  const missing = pages.flatMap((page) => {
    const text = readFileSync(page, "utf8").replace(/```[\s\S]*?```|`[^`\n]*`/g, "");
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = ""]) => target);
    const files = targets.filter((target) => !/^[a-z]+:/.test(target));
    return files.filter((file) => !existsSync(join(dirname(page), file))).map((file) => `${page}: ${file}`);
  });
  expect(missing).toEqual([]);
});
