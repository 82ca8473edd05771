import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../src/metrics/definitions.js";
import { round } from "../../src/testing/index.js";
import { hasPromtool, promtool } from "../metrics/promtool.js";
import { ask } from "./support/client.js";
import { startProxy, type ProxySettings } from "./support/proxy.js";
import { runTurn, simulated, turnBody } from "./support/turns.js";
import { connect } from "./websocket/support/client.js";
import { createFrame } from "./websocket/support/frames.js";

const cut = round().reasoning(516).message("WRONG").completed();
const natural = round().reasoning(291).message("RIGHT").completed();
const limits = { "x-codex-primary-used-percent": "42.5", "x-codex-primary-window-minutes": "300" };

async function serving(settings: ProxySettings = {}) {
  const upstream = await simulated({
    script: ({ isContinuation, body }) =>
      isContinuation || String(body["model"]).startsWith("gpt-5.4")
        ? { events: natural, headers: limits }
        : cut,
  });
  const { url, proxy } = await startProxy(upstream.url, settings);
  const scrape = (headers: Readonly<Record<string, string>> = {}, base = url) =>
    ask(base, { path: "/metrics", headers });
  return { url, proxy, scrape };
}

/** A metric's line. */
const line = (text: string, start: string): string | undefined =>
  text.split("\n").find((each) => each.startsWith(start));

describe("GET /metrics", () => {
  test("tells what has happened since the start, also before it was asked for the first time", async () => {
    const { url, proxy, scrape } = await serving();
    await runTurn(url);
    await runTurn(url, turnBody({ model: "gpt-5.4" }));
    const client = await connect(url);
    await client.turn(createFrame());

    const { status, headers, text } = await scrape();

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "cache-control": "no-store",
    });
    const turns = (model: string, transport: string) =>
      line(text, `codexcomp_turns_total{model="${model}",transport="${transport}",outcome="completed"}`);
    expect(turns("gpt-5.5", "http")).toMatch(/ 1$/);
    expect(turns("gpt-5.5", "websocket")).toMatch(/ 1$/);
    expect(turns("gpt-5.4", "http")).toMatch(/ 1$/);
    expect(line(text, 'codexcomp_rounds_total{model="gpt-5.5",verdict="continue"')).toMatch(
      /reason="fingerprint"} 2$/,
    );
    expect(line(text, 'codexcomp_folds_total{model="gpt-5.5",stop="natural"}')).toMatch(/ 2$/);
    expect(line(text, 'codexcomp_turn_seconds_count{model="gpt-5.5"}')).toMatch(/ 2$/);
    expect(line(text, 'codexcomp_turn_seconds_bucket{model="gpt-5.5",le="+Inf"}')).toMatch(/ 2$/);
    expect(line(text, 'codexcomp_first_word_seconds_count{model="gpt-5.5"}')).toMatch(/ 2$/);
    expect(line(text, 'codexcomp_rate_limit_used_ratio{limit="codex",window="primary"}')).toMatch(/ 0.425$/);
    expect(line(text, 'codexcomp_open_connections{protocol="websocket"}')).toMatch(/ 1$/);
    expect(line(text, "codexcomp_open_turns")).toMatch(/ 0$/);
    expect(line(text, "process_resident_memory_bytes")).toMatch(/ \d{7,}$/);
    expect(proxy.health().counters).toMatchObject({ turns: 3, folds: 2 });
  });

  test("has the day's extra tokens where they are limited", async () => {
    const { url, proxy, scrape } = await serving({ maxExtraTokensPerDay: 1 });
    await runTurn(url);
    const { text } = await scrape();
    const spent = proxy.health().extraTokens?.spent;
    expect(spent).toBeGreaterThan(1);
    expect(line(text, "codexcomp_extra_tokens_day_spent ")).toBe(`codexcomp_extra_tokens_day_spent ${spent}`);
    expect(line(text, "codexcomp_extra_tokens_day_limit ")).toBe("codexcomp_extra_tokens_day_limit 1");
  });

  test.skipIf(!hasPromtool)("is what promtool takes for well made", async () => {
    const { url, scrape } = await serving();
    const bare = await scrape();
    await runTurn(url);
    await runTurn(url, turnBody({ model: "gpt-5.4" }));
    for (const { text } of [bare, await scrape()])
      expect(promtool(["check", "metrics"], text)).toEqual({ status: 0, said: "" });
  });

  test("has every metric, and one set of the process's for all proxies", async () => {
    const [one, other] = [await serving(), await serving()];
    await runTurn(one.url);
    for (const { text } of [await one.scrape(), await other.scrape()])
      for (const { name, type } of [
        ...Object.values(METRICS),
        { name: "process_cpu_seconds_total", type: "counter" },
      ])
        expect(text.split(`# TYPE ${name} ${type}\n`)).toHaveLength(2);
    expect(line((await other.scrape()).text, "codexcomp_turns_total{")).toBeUndefined();
  });

  test("tells other people's words in no way that could be taken for a line of its own", async () => {
    const { url, scrape } = await serving();
    await runTurn(url, turnBody({ model: 'x"} 1\ncodexcomp_evil{a="b\\' }));
    const { text } = await scrape();
    expect(text).not.toMatch(/^codexcomp_evil/m);
    expect(line(text, 'codexcomp_turn_seconds_count{model="x??')).toContain(
      'model="x???1?codexcomp_evil?a??b?"',
    );
  });
});

describe("who may scrape", () => {
  test("nobody whose request a web page made", async () => {
    const { scrape } = await serving({ metrics: "all" });
    expect((await scrape({ origin: "https://evil.example" })).status).toBe(403);
    expect((await scrape({ host: "evil.example" })).status).toBe(403);
    expect((await scrape({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  test("nobody where they are off", async () => {
    const { scrape } = await serving({ metrics: "off" });
    const { status, text } = await scrape();
    expect(status).toBe(404);
    expect(text).toContain("--metrics off");
  });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address && !address.internal && address.family === "IPv4")?.address;

  test.skipIf(outside === undefined).each([
    ["local", 403],
    ["all", 200],
  ] as const)(
    "with --allow-remote and --metrics %s: who is not of this machine's own address gets %i",
    async (metrics, expected) => {
      const { proxy, scrape } = await serving({ host: "0.0.0.0", allowRemote: true, metrics });
      const { port } = new URL(proxy.url ?? "");
      const from = (address: string) => scrape({}, `http://${address}:${port}`);
      expect((await from("127.0.0.1")).status).toBe(200);
      const { status, text } = await from(outside ?? "");
      expect(status).toBe(expected);
      if (expected === 403) expect(text).toContain("--metrics all");
    },
  );
});
