import { defineConfig } from "vitest/config";

/** The suites that take too long for `npm test`: `npm run test:chaos`. */
export default defineConfig({
  test: {
    include: ["test/chaos/*.chaos.ts"],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
