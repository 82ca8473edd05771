import { defineConfig } from "vitest/config";

/** Three instances behind real load balancers: `npm run test:team`. */
export default defineConfig({
  test: {
    include: ["test/e2e/team/**/*.test.ts"],
    testTimeout: 180_000,
    fileParallelism: false,
  },
});
