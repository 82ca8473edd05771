import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Examples import what users import.
    alias: [
      { find: /^codexcomp$/, replacement: source("index.ts") },
      { find: /^codexcomp\/testing$/, replacement: source("testing/index.ts") },
      { find: /^codexcomp\/testing\/vitest$/, replacement: source("testing/matchers.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/chaos/soak*"],
    testTimeout: 15_000,
    // Most of them wait for sockets and timers.
    maxWorkers: availableParallelism() + 1,
    // Users' modules are Node's to load, as they are outside of tests.
    server: { deps: { external: [/codexcomp-options-/] } },
  },
});
