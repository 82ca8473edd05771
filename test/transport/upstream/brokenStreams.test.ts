import { describe, expect, it } from "vitest";
import { round, type Answer, type Fault } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { canonicalSse, dataOf, eventsOf, runTurn, simulated } from "../support/turns.js";
import { httpUpstream } from "../support/upstreams.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).message("29").completed();

/** Where round 1 can die: among its reasoning, among output that is held, right before its terminal. */
const places = [5, natural.length - 4, natural.length - 1];

describe("round 1 that dies without a terminal", () => {
  const kinds = ["reset", "close"] as const;
  const faults: Fault[] = places.flatMap((after) =>
    kinds.flatMap((kind) => [
      { kind, after },
      { kind, after, midEvent: true },
    ]),
  );

  it.each(faults)("%j dies there, with all that came before", async (fault) => {
    const { after } = fault;
    const upstream = await simulated({ script: [{ events: [...natural], fault }] });
    const { url, proxy } = await startProxy(upstream.url);
    const seen = await runTurn(url);
    expect(seen).toMatchObject({ status: 200, complete: false });
    expect(dataOf(seen.text)).toHaveLength(after);
    expect(seen.text).toBe(canonicalSse(dataOf(seen.text)));
    expect(upstream.requests).toHaveLength(1);
    expect(proxy.health().counters).toMatchObject({ open: 0, failed: 1 });
  });

  it.each(places)("but ends its body well after %i events ends well for the client", async (after) => {
    const upstream = await simulated({ script: [natural.slice(0, after)] });
    const { url } = await startProxy(upstream.url);
    const seen = await runTurn(url);
    expect(seen).toMatchObject({ status: 200, complete: true });
    expect(dataOf(seen.text)).toHaveLength(after);
    expect(dataOf(seen.text).join()).not.toMatch(/response\.(completed|failed|incomplete)"/);
  });

  it("by falling silent dies of the idle timeout", async () => {
    const upstream = await simulated({
      script: [{ events: [...natural], fault: { kind: "stall", after: 9 } }],
    });
    const { url, proxy } = await startProxy(upstream.url, { timeouts: { idle: 0.2 } });
    const seen = await runTurn(url);
    expect(seen).toMatchObject({ complete: false, text: expect.stringMatching(/\n\n$/) });
    expect(dataOf(seen.text)).toHaveLength(9);
    expect(upstream.connections.open).toBe(0);
    expect(proxy.health().counters).toMatchObject({ failed: 1 });
  });

  it("by corrupt compression dies with it", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
      response.end("this is not gzip");
    });
    const { url } = await startProxy(upstream.url);
    expect(await runTurn(url)).toMatchObject({ status: 200, complete: false, text: "" });
  });
});

describe("round 1 that ends with", () => {
  it.each([
    ["response.failed", round().reasoning(516).message("29").failed({ code: "server_is_overloaded" })],
    ["response.incomplete", round().reasoning(516).message("29").incomplete("max_output_tokens")],
    ["error", round().reasoning(516).message("29").errorEvent({ code: "rate_limit_exceeded" })],
  ])("%s passes on as it came, and nothing is continued", async (_, events) => {
    const upstream = await simulated({ script: [[...events]] });
    const { url } = await startProxy(upstream.url);
    expect(await runTurn(url)).toMatchObject({ complete: true, text: canonicalSse(events) });
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("a continuation that", () => {
  const dead = (fault: Fault): Answer => ({ events: [...natural], fault });
  const failures: Readonly<Record<string, Answer>> = {
    "is refused with 401": { status: 401, body: { error: { message: "expired" } } },
    "is refused with 429": { status: 429, body: { error: { type: "usage_limit_reached" } } },
    "is refused with a page": {
      status: 503,
      headers: { "content-type": "text/html" },
      body: "x".repeat(500_000),
    },
    "is redirected": { status: 302, headers: { location: "https://elsewhere.example/" } },
    "is answered with JSON": { status: 200, body: { id: "resp_1", output: [] } },
    "is reset before its first event": dead({ kind: "reset", after: 0 }),
    "is reset in its reasoning": dead({ kind: "reset", after: 5 }),
    "is reset in its answer": dead({ kind: "reset", after: natural.length - 3 }),
    "is closed in the middle of an event": dead({ kind: "close", after: 6, midEvent: true }),
    "ends without a terminal": natural.slice(0, -1),
    "falls silent": dead({ kind: "stall", after: 4 }),
    fails: round().reasoning(7).failed({ code: "server_error" }),
    "is cut off": round().reasoning(7).message("2").incomplete("max_output_tokens"),
  };

  it.each(Object.entries(failures))("%s releases what round 1 said", async (_, failure) => {
    const upstream = await simulated({ script: [truncated, failure] });
    const { url, proxy } = await startProxy(upstream.url, {
      timeouts: { idle: 0.3 },
      fold: { hold: "always" },
    });

    const seen = await runTurn(url);

    expect(seen).toMatchObject({ status: 200, complete: true });
    const events = eventsOf(seen.text);
    expect(events.at(-1)).toMatchObject({
      type: "response.completed",
      response: {
        id: upstream.requests[0]?.responseId,
        metadata: { proxy_stopped_reason: "continuation_failed" },
      },
    });
    const answers = events.filter(({ type }) => type === "response.output_text.done");
    expect(answers.map(({ text }) => text)).toEqual(["29"]);
    expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, i) => i));
    expect(upstream.requests).toHaveLength(2);
    expect(proxy.health().counters).toMatchObject({ open: 0, failed: 0 });
  });

  it("had given its whole answer live before it failed is not answered beside", async () => {
    const short = round().reasoning(7).message("2").incomplete("max_output_tokens");
    const upstream = await simulated({ script: [truncated, short] });
    const { url } = await startProxy(upstream.url);

    const events = eventsOf((await runTurn(url)).text);

    const answers = events.filter(({ type }) => type === "response.output_text.done");
    expect(answers.map(({ text }) => text)).toEqual(["2"]);
    expect(events.at(-1)).toMatchObject({
      type: "response.completed",
      response: { metadata: { proxy_stopped_reason: "continuation_failed" } },
    });
  });

  it("finds nobody releases what round 1 said", async () => {
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
      response.end(canonicalSse(truncated));
      upstream.server.close();
    });
    const { url } = await startProxy(upstream.url);
    const seen = await runTurn(url);
    expect(seen.complete).toBe(true);
    expect(seen.text).toContain('"proxy_stopped_reason":"continuation_failed"');
    expect(seen.text).toContain('"text":"29"');
  });
});
