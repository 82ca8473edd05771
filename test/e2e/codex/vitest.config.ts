import { defineConfig } from "vitest/config";

/** Codex itself, many at a time: they mostly wait. */
export default defineConfig({
  test: {
    root: new URL(".", import.meta.url).pathname,
    include: ["**/*.test.ts"],
    testTimeout: 180_000,
    maxWorkers: 2,
    maxConcurrency: 3,
  },
});
