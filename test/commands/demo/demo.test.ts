import { expect, test } from "vitest";
import { lastValueFrom } from "rxjs";
import { ask } from "../../../src/commands/demo/ask.js";
import { draw } from "../../../src/commands/demo/draw.js";
import { QUESTION, RIGHT, playUpstream } from "../../../src/commands/demo/scene.js";
import { DEFAULT_PROXY_OPTIONS } from "../../../src/transport/options.js";
import { createProxyServer } from "../../../src/transport/proxy.js";

test("the demo's question is answered wrongly directly, and rightly through the proxy", async () => {
  const upstream = await playUpstream();
  const proxy = createProxyServer({ ...DEFAULT_PROXY_OPTIONS, port: 0, upstream: `${upstream.url}/v1` });
  const url = await proxy.listen();
  const [direct, folded] = await Promise.all([
    lastValueFrom(ask(`${upstream.url}/v1`, QUESTION)),
    lastValueFrom(ask(url, QUESTION)),
  ]);
  await proxy.close();
  await upstream.close();

  expect(direct.answer).not.toMatch(new RegExp(`^${RIGHT}`));
  expect(folded.answer).toMatch(new RegExp(`^${RIGHT}`));
  expect(folded.rounds).toEqual([
    { reasoning: 516, tier: 1 },
    { reasoning: 302, tier: undefined },
  ]);
  const picture = draw(direct, folded, 80, (_, text) => text).join("\n");
  expect(picture).toMatch(/516 tokens, cut \(n=1\) +516 tokens, cut \(n=1\)/);
  expect(picture).toMatch(/wrong: it is 13/);
  expect(picture).toMatch(/the fold cost +1\d{3} tokens more/);
});
