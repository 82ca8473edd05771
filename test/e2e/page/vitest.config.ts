import { defineConfig } from "vitest/config";

/** The page in a real Chromium: `npm run test:page`. */
export default defineConfig({
  test: {
    include: ["test/e2e/page/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
