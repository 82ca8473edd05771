import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/chaos/soak*"],
    testTimeout: 15_000,
  },
});
