import { defineCommand } from "../command.js";

export const newOperator = defineCommand({
  name: "new-operator",
  summary: "write an operator of your own and its test, to begin with",
  description: [
    `Writes two files: an operator that changes the text of the model's answers, and its test with marbles. Both work as
    they are; put your own change in their place.`,
    `They are TypeScript where there is a tsconfig.json and this Node reads TypeScript, else JavaScript; the test is for
    vitest where it is installed, else for Node's own test runner. Files that exist are never overwritten.`,
    "The proxy uses an operator with:",
    "  codexcomp run --use ./plainDashes.mjs",
  ],
  examples: [
    { line: "codexcomp new-operator plain-dashes", does: "write plainDashes.mjs and plainDashes.test.mjs" },
    {
      line: "codexcomp new-operator redact --dir operators --language ts",
      does: "in a folder, in TypeScript",
    },
  ],
  args: [
    { name: "NAME", describes: "what the operator is called: letters, digits and hyphens", required: true },
  ],
  flags: {
    dir: {
      type: "string",
      value: "PATH",
      default: ".",
      completes: "directory",
      describes: "the folder to write into; made where there is none",
    },
    language: { type: "string", choices: ["ts", "js"], describes: "TypeScript or JavaScript" },
    runner: { type: "string", choices: ["vitest", "node"], describes: "what the test is for" },
  },
  async run({ args: [name = ""], flags, stdout }) {
    const { writeOperator } = await import("./writeOperator.js");
    stdout.write(await writeOperator(name, { ...flags, cwd: process.cwd() }));
    return 0;
  },
});
