import { Subject, firstValueFrom, toArray, takeWhile, lastValueFrom } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Observe } from "../../src/pipeline.js";
import { NO_THINKING } from "../../src/protocol/liveOutput.js";
import { readRequest } from "../../src/protocol/request.js";
import { final, type RoundEnd } from "../../src/protocol/signals.js";
import { recordTurn, type Report, type TurnReport } from "../../src/reports/turnReport.js";
import { round, type Answer } from "../../src/testing/index.js";
import { begin } from "../transport/support/client.js";
import { startProxy, type ProxySettings } from "../transport/support/proxy.js";
import { runTurn, simulated, turnBody, turnRequest } from "../transport/support/turns.js";
import { freePort } from "../transport/support/upstreams.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round()
  .reasoning(516)
  .functionCall("shell", { command: ["ls"] })
  .completed();

/** Runs one turn. @returns what was reported of it */
async function reported(
  script: Answer[],
  settings: ProxySettings = {},
  body = turnBody(),
): Promise<TurnReport> {
  const upstream = await simulated({ script });
  const { url, proxy } = await startProxy(upstream.url, settings);
  const report = firstValueFrom(proxy.turns$);
  await runTurn(url, body);
  return report;
}

describe("the report of a turn", () => {
  it("of one round tells what it used", async () => {
    const report = await reported([natural]);
    expect(report).toMatchObject({
      id: expect.stringMatching(/^\w{4,}$/),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      ...{ model: "gpt-5.5", effort: "high", transport: "http", outcome: "completed", stop: "natural" },
      rounds: [
        { round: 1, tier: undefined, held: ["message"], failure: undefined, usage: { reasoning: 291 } },
      ],
      addedSeconds: 0,
    });
    expect(report.usage).toEqual(report.billed);
    expect(report.usage).toEqual(report.rounds[0]?.usage);
  });

  it("of a fold tells what the client was told, and what was paid", async () => {
    const report = await reported([truncated, natural]);
    const [first, second] = report.rounds.map(({ usage }) => usage);
    expect(report.rounds).toMatchObject([
      { round: 1, tier: 1, held: ["function_call"], verdict: { action: "continue", reason: "fingerprint" } },
      { round: 2, tier: undefined, verdict: { action: "final", reason: "natural" } },
    ]);
    expect(report.usage).toMatchObject({ input: first?.input, reasoning: 516 + 291 });
    expect(report.billed).toMatchObject({
      input: (first?.input ?? 0) + (second?.input ?? 0),
      reasoning: 516 + 291,
      total: (first?.total ?? 0) + (second?.total ?? 0),
    });
    expect(report.addedSeconds).toBeGreaterThan(0);
    expect(report.addedSeconds).toBeLessThanOrEqual(report.seconds);
  });

  const cut = { events: natural.slice(0, -1) };
  const reset: Answer = { events: natural, fault: { kind: "reset", after: 6 } };
  const outcomes: [how: string, Answer[], object, ProxySettings?][] = [
    ["failed", [round().failed()], { outcome: "failed", stop: "not_completed" }],
    ["broke off", [round().incomplete()], { outcome: "incomplete", stop: "not_completed" }],
    ["was an error", [round().errorEvent()], { outcome: "error", stop: "not_completed" }],
    ["was refused", [{ status: 429 }], { outcome: "rejected", rounds: [{ failure: "HTTP 429" }] }],
    ["had no end", [cut], { outcome: "lost", rounds: [{ failure: "ended without a terminal" }] }],
    ["was reset", [reset], { outcome: "lost", rounds: [{ failure: expect.stringMatching(/closed|reset/) }] }],
    [
      "was not continued",
      [truncated, { status: 401 }],
      { outcome: "completed", stop: "continuation_failed", rounds: [{}, { failure: "HTTP 401" }] },
    ],
    ["was only observed", [truncated], { stop: "observe" }, { fold: { mode: "observe" } }],
    ["might not go on", [truncated], { stop: "max_continue" }, { fold: { maxContinue: 0 } }],
    ["would cost more", [truncated], { stop: "max_billed_tokens" }, { fold: { maxBilledTokens: 1 } }],
    ["was of a tier not asked for", [truncated], { stop: "tier_out_of_window" }, { fold: { minTier: 2 } }],
  ];
  it.each(outcomes)("that %s says so", async (_, script, expected, settings) => {
    expect(await reported(script, settings)).toMatchObject(expected);
  });

  it("that found nobody says so", async () => {
    const { url, proxy } = await startProxy(`http://127.0.0.1:${await freePort()}`);
    const report = firstValueFrom(proxy.turns$);
    await runTurn(url);
    expect(await report).toMatchObject({
      outcome: "lost",
      rounds: [{ failure: expect.stringContaining("refused") }],
    });
  });

  it("that its client left says so, once", async () => {
    const upstream = await simulated({ script: [{ events: natural, fault: { kind: "stall", after: 4 } }] });
    const { url, proxy } = await startProxy(upstream.url);
    const reports: TurnReport[] = [];
    proxy.turns$.subscribe((report) => reports.push(report));
    const client = begin(url, turnRequest());
    await upstream.request(1);
    client.destroy();
    await upstream.requests[0]?.settled;
    expect(reports).toMatchObject([{ outcome: "aborted", stop: "aborted", rounds: [] }]);
  });

  it("keeps of names only what names look like", async () => {
    const body = turnBody({
      model: `tell me\n"all" ${"x".repeat(90)}`,
      reasoning: { effort: "high\n[0001 x] done:" },
    });
    const report = await reported([natural], {}, body);
    expect(report.model).toMatch(/^tell\?me\?\?all\?\?x{46}$/);
    expect(report.effort).toBe("high??0001?x??done:");
  });

  it("comes after those of its rounds", async () => {
    const upstream = await simulated({ script: [truncated, natural] });
    const { url, proxy } = await startProxy(upstream.url);
    const all = lastValueFrom(
      proxy.reports$.pipe(
        takeWhile((report: Report) => report.kind !== "turn", true),
        toArray(),
      ),
    );
    await runTurn(url);
    const kinds = (await all).map((report) => (report.kind === "phase" ? report.phase : report.kind));
    expect(kinds).toEqual(["turn_started", "holding", "round", "thinking", "holding", "round", "turn"]);
  });
});

describe("the times of a turn", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  const end = (round: number): RoundEnd => ({
    ...{ kind: "round_end", round, verdict: final("natural"), tier: undefined, terminal: undefined },
    ...{ failure: undefined, usage: undefined, shown: [], answered: true, thinking: NO_THINKING, held: [] },
  });

  /** Follows a turn in which each signal comes a second after the one before. */
  function followed(signals: Parameters<Observe>[0][]): TurnReport | undefined {
    const reports = new Subject<Report>();
    let turn: TurnReport | undefined;
    reports.subscribe((report) => report.kind === "turn" && (turn = report.report));
    const recorder = recordTurn(readRequest(turnBody()), "http", reports);
    for (const signal of signals) {
      vi.advanceTimersByTime(1000);
      recorder.observe(signal);
    }
    recorder.finish();
    return turn;
  }

  it("are those of its holds, and of its first word", () => {
    const turn = followed([
      ...([{ kind: "hold_start" }, end(1), { kind: "round_start", round: 2 }] as const),
      ...([{ kind: "hold_start" }, { kind: "hold_release" }, { kind: "first_word" }, end(2)] as const),
      { kind: "turn_end", rounds: [end(1), end(2)], released: end(2), reason: "natural", given: [] },
    ]);
    expect(turn).toMatchObject({
      rounds: [
        { heldSeconds: 1, seconds: 2 },
        { heldSeconds: 1, seconds: 5 },
      ],
      ...{ firstWordSeconds: 6, seconds: 8, addedSeconds: 5 },
    });
  });

  it("that held nothing have no hold", () => {
    expect(followed([{ kind: "first_word" }, end(1)])).toMatchObject({
      rounds: [{ heldSeconds: undefined }],
      firstWordSeconds: 1,
    });
  });
});

it("the phases of a round are told as they begin, none behind its end", () => {
  const reports = new Subject<Report>();
  const phases: unknown[] = [];
  reports.subscribe((report) => report.kind === "phase" && phases.push([report.round, report.phase]));
  const { observe } = recordTurn(readRequest(turnBody()), "http", reports);
  const end: RoundEnd = {
    ...{ kind: "round_end", round: 1, verdict: final("natural"), tier: undefined, terminal: undefined },
    ...{ failure: undefined, usage: undefined, shown: [], thinking: NO_THINKING, held: [] },
    answered: true,
  };
  observe({ kind: "first_word" });
  observe({ kind: "hold_start" });
  observe(end);
  observe({ kind: "round_start", round: 2 });
  observe({ kind: "hold_start" });
  observe({ ...end, round: 2 });
  observe({ kind: "first_word" });
  expect(phases).toEqual([
    ...[
      [1, "writing"],
      [1, "holding"],
    ],
    ...[
      [2, "thinking"],
      [2, "holding"],
    ],
  ]);
});

describe("the first word", () => {
  it("is of the answer that goes out: none without one, and not a discarded one", async () => {
    expect(await reported([round().reasoning(100).completed()])).toMatchObject({
      firstWordSeconds: undefined,
      rounds: [{ heldSeconds: undefined }],
    });
    const { firstWordSeconds = 0, rounds } = await reported([truncated, natural]);
    expect(firstWordSeconds).toBeGreaterThanOrEqual(rounds[0]?.seconds ?? 1);
  });

  it("goes out where a hold had to end early", async () => {
    const settings = { fold: { hold: "always", maxHeldBytes: 10 } } as const;
    const report = await reported([natural], settings);
    expect(report).toMatchObject({ firstWordSeconds: expect.any(Number), rounds: [{ held: [] }] });
    expect(report.rounds[0]?.heldSeconds).toBeTypeOf("number");
  });
});

describe("rate limits are reported", () => {
  const said = { "x-codex-primary-used-percent": "42.5", "x-codex-primary-window-minutes": "300" };
  const limits = [{ limit: "codex", primary: { usedPercent: 42.5, minutes: 300 } }];

  it.each([
    [
      "every answer",
      [
        { events: truncated, headers: said },
        { events: natural, headers: said },
      ],
      [limits, limits],
    ],
    ["a refusal", [{ status: 429, headers: said }], [limits]],
    ["a continuation's refusal", [truncated, { status: 429, headers: said }], [limits]],
    ["nothing", [natural], []],
  ] satisfies [string, Answer[], unknown[]][])("from the headers of %s", async (_, script, expected) => {
    const upstream = await simulated({ script });
    const { url, proxy } = await startProxy(upstream.url);
    const seen: unknown[] = [];
    proxy.reports$.subscribe((report) => report.kind === "rate_limits" && seen.push(report.limits));
    const over = firstValueFrom(proxy.turns$);
    await runTurn(url);
    await over;
    expect(seen).toMatchObject(expected);
  });
});
