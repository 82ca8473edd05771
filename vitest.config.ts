import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** They stand in for what others import or for another platform, or measure their process: each has one of its own. */
const ALONE = [
  "test/commands/onWindows.test.ts",
  "test/service/renameOver.test.ts",
  "test/transport/downstream/backpressure.test.ts",
  "test/transport/downstream/memory.test.ts",
  "test/transport/downstream/storedRequest.test.ts",
  "test/transport/encodings.test.ts",
  "test/transport/websocket/resources.test.ts",
];

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
    testTimeout: 15_000,
    // Most of them wait for sockets and timers.
    maxWorkers: availableParallelism() + 1,
    // A machine's own authorities are no part of a test, and each proxy would parse them anew.
    env: { SSL_CERT_FILE: "" },
    // Users' modules are Node's to load, as they are outside of tests.
    server: { deps: { external: [/codexcomp-options-/] } },
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/chaos/soak*", ...ALONE],
          // What files import is loaded once a worker, not once a file: that was a third of the time. So a test leaves
          // nothing behind: what it opens it closes, and what it changes of the process it puts back.
          isolate: false,
        },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
    ],
  },
});
