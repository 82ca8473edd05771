import { defineCommand, type FlagTable, type FlagValues } from "../command.js";
import { runFlags } from "../run/runFlags.js";

export const pageFlags = {
  port: { ...runFlags.port, describes: "the port the instance listens on" },
  print: { type: "boolean", describes: "only print the address" },
} as const satisfies FlagTable;

export type PageFlags = FlagValues<typeof pageFlags>;

export const page = defineCommand({
  name: "page",
  summary: "open the live page: what the proxy is doing, and what it has done",
  description: [
    `A running instance serves a page on its port: turns as they happen, what continuing them took, how the reasoning
    tokens are spread, rate limits, and the health of the process. Numbers and names of models only; the page asks no
    other place for anything.`,
    `Opens it in the browser, and prints its address. Without a display it only prints it.`,
  ],
  examples: [
    { line: "codexcomp page", does: "open the page of the instance on port 8787" },
    { line: "codexcomp page --print", does: "only print its address" },
  ],
  flags: pageFlags,
  exitCodes: { 1: "no codexcomp runs there, or it serves no page" },
  run: async (invocation) => (await import("./openPage.js")).openPage(invocation),
});
