import { defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";
import { program } from "./program.js";

/** A run that has tested nothing is no success, unless there is nothing to test with. */
const testsSomething: Reporter = {
  onTestRunEnd(modules) {
    const ran = modules.flatMap(({ children }) => [
      ...children.allTests("passed"),
      ...children.allTests("failed"),
    ]);
    if (program === undefined || ran.length > 0) return;
    console.error("No test has run, although there is a Chromium.");
    process.exitCode = 1;
  },
};

/** The page in a real Chromium: `npm run test:page`. */
export default defineConfig({
  test: {
    include: ["test/e2e/page/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    reporters: ["default", testsSomething],
  },
});
