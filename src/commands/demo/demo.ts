import { defineCommand } from "../command.js";

export const demo = defineCommand({
  name: "demo",
  summary: "see one truncated turn being folded; needs no account and no network",
  description: [
    `Starts a simulated upstream, whose model stops thinking at 516 tokens as gpt-5.5 does, and a codexcomp in front of it.
    The same question is asked twice, directly and through codexcomp, and both answers are shown side by side with their
    rounds, tokens and cost in tokens.`,
  ],
  examples: [{ line: "codexcomp demo", does: "watch it" }],
  flags: {},
  exitCodes: { 1: "the fold did not give the right answer" },
  run: async (invocation) => (await import("./showDemo.js")).showDemo(invocation),
});
