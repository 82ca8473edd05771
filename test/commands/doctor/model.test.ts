import { expect, test } from "vitest";
import { checkModel } from "../../../src/commands/doctor/checks/model.js";
import { scratchHome } from "../scratchHome.js";

async function found(config: string, health?: Record<string, unknown>) {
  const home = await scratchHome();
  await home.write(".codex/config.toml", config);
  const listener = health
    ? ({ kind: "codexcomp", version: "1", upstream: "auto", health } as const)
    : ({ kind: "nobody" } as const);
  const { status, detail, fix } = await checkModel(listener, undefined, home.env);
  return { status, detail, fix };
}

const FOLDED = ["gpt-5.5*", "gpt-5.4*"];

test.each([
  ['model = "gpt-5.5"', undefined, "ok", /^gpt-5\.5$/],
  ['model = "gpt-6-astra"', undefined, "ok", /^gpt-6-astra is not: its cut rounds are only observed$/],
  ["", undefined, "ok", /names no model; folded: gpt-5\.5\*, gpt-5\.4\*/],
  ['model = "gpt-6-astra"', { foldedModels: ["*"] }, "ok", /^gpt-6-astra$/],
  ['model = "gpt-6-astra"', { foldedModels: FOLDED, counters: { observed: 3 } }, "warn", /3 cut rounds were only observed.*codexcomp eval --model gpt-6-astra/], // oxfmt-ignore
  ['model = "gpt-5.5"', { extraTokens: { spent: 12, limit: 10 } }, "warn", /10 extra tokens are spent/],
  ['model = "gpt-5.5"', { foldedModels: 5, counters: 7, extraTokens: "x" }, "ok", /^gpt-5\.5$/],
])("%s, instance %j: %s", async (config, health, status, detail) => {
  expect(await found(config, health)).toMatchObject({ status, detail: expect.stringMatching(detail) });
});
