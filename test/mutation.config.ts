import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

// For `npm run mutate`: what tests the operators and the protocol without a socket or a process.
const { projects: _, ...test } = base.test ?? {};

export default mergeConfig({ ...base, test } as typeof base, {
  test: {
    include: [
      "test/operators/**/*.test.ts",
      "test/protocol/**/*.test.ts",
      "test/pipeline.test.ts",
      "test/library/fold*.test.ts",
      "test/docs/models.test.ts",
      "test/transport/headers.test.ts",
    ],
    // What files import is loaded once a run, as in `npm test`: that halves the time of most mutants.
    isolate: false,
    // Properties try as much as a mutant is worth.
    env: { PROPERTY_RUNS: "0.2" },
  },
});
