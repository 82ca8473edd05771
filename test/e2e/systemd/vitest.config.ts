import { mergeConfig } from "vitest/config";
import base from "../../../vitest.config.js";

// The service under a real systemd: `npm run test:systemd`.
const { projects: _, ...test } = base.test ?? {};

export default mergeConfig({ ...base, test } as typeof base, {
  test: { include: ["test/e2e/systemd/**/*.test.ts"] },
});
