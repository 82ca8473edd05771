import { describe, expect, test } from "vitest";
import { DEFAULT_PROXY_OPTIONS } from "../../src/transport/options.js";
import { round } from "../../src/testing/index.js";
import { startProxy } from "./support/proxy.js";
import { runTurn, simulated } from "./support/turns.js";

const cut = round().reasoning(516).message("29").completed();
const whole = round().reasoning(217).message("21").completed();

async function started(
  settings: Parameters<typeof startProxy>[1],
  script: Parameters<typeof simulated>[0]["script"],
) {
  const upstream = await simulated({ script });
  const { url, proxy, options } = await startProxy(`${upstream.url}/v1`, settings);
  const notices: string[] = [];
  proxy.reports$.subscribe(
    (report) => report.kind === "notice" && notices.push(`${report.level} ${report.text}`),
  );
  const stops: string[] = [];
  proxy.turns$.subscribe(({ stop }) => stops.push(stop));
  return { upstream, url, proxy, options, notices, stops };
}

describe("the day's extra tokens", () => {
  test("once they are spent, cut turns are observed, and that is said once", async () => {
    const { upstream, url, proxy, notices, stops } = await started({ maxExtraTokensPerDay: 1 }, [
      cut,
      whole,
      cut,
      cut,
    ]);
    for (const _ of [1, 2, 3]) await runTurn(url);
    expect(stops).toEqual(["natural", "observe", "observe"]);
    expect(upstream.requests.map(({ isContinuation }) => isContinuation)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^warn continuations have cost \d+ tokens in 24 hours, and --max-extra-tokens-per-day is 1: /,
      ),
    ]);
    expect(proxy.health()).toMatchObject({
      counters: { turns: 3, folds: 1, truncated: 3, observed: 2 },
      extraTokens: { spent: expect.any(Number), limit: 1 },
    });
  });

  test("that another process has spent count too", async () => {
    const { url, proxy, stops } = await started({ maxExtraTokensPerDay: 5000 }, [cut, cut, whole]);
    proxy.purse.setOthers([{ time: Date.now(), tokens: 5000 }]);
    await runTurn(url);
    proxy.purse.setOthers([]);
    await runTurn(url);
    expect(stops).toEqual(["observe", "natural"]);
  });

  test("are what they are set to while the proxy runs", async () => {
    const { url, proxy, options, stops } = await started({ maxExtraTokensPerDay: 1 }, [
      cut,
      whole,
      cut,
      whole,
    ]);
    await runTurn(url);
    proxy.reconfigure({ ...options, maxExtraTokensPerDay: 0 });
    await runTurn(url);
    expect(stops).toEqual(["natural", "natural"]);
    expect(proxy.health().extraTokens).toBeUndefined();
  });
});

describe("models that are not folded", () => {
  test("are observed: their cut rounds are counted, never held, never paid for", async () => {
    const { upstream, url, proxy, stops } = await started({ fold: { models: ["gpt-9*"] } }, [cut]);
    await runTurn(url);
    expect(stops).toEqual(["model_not_selected"]);
    expect(upstream.requests).toHaveLength(1);
    expect(proxy.health().counters).toMatchObject({ truncated: 1, observed: 1, folds: 0, held: 0 });
  });

  test("by default are all but those that folding is known to help", () => {
    expect(DEFAULT_PROXY_OPTIONS.fold.models).toEqual(["gpt-5.5*", "gpt-5.4*"]);
  });
});
