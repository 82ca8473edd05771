import { expect, test } from "vitest";
import type { Login, Path } from "./codexHome.js";
import { runDirect, runProxied, type Args, type Run } from "./run.js";
import type { UpstreamPlan } from "./upstream.js";

/** A way to use Codex, run directly and through the proxy. */
export interface Scenario {
  readonly path: Path;
  /** Default: ChatGPT. */
  readonly login?: Login;
  readonly upstream: (version: string) => UpstreamPlan;
  /** The upstream of the run without the proxy, where the comparison is with an uncut model. Default: the same. */
  readonly directUpstream?: (version: string) => UpstreamPlan;
  /** Default: one `codex exec "How many?"`. */
  readonly prompts?: readonly (Args | readonly Args[])[];
  /** Lines for Codex' `config.toml`. */
  readonly config?: readonly string[];
  readonly codexFlags?: (version: string) => readonly string[];
  /** Flags of `codexcomp run`. */
  readonly proxyFlags?: readonly string[];
}

/** The two runs of a scenario. */
export interface Runs {
  readonly direct: Run;
  readonly proxied: Run;
}

/** Those that the runner installed. */
export const VERSIONS = (process.env["CODEX_VERSIONS"] ?? "")
  .split(/[\s,]+/)
  .filter((version) => version !== "");

/** Defines the scenario's test for each version of Codex. */
export function scenario(name: string, plan: Scenario, check: (runs: Runs) => void): void {
  for (const version of VERSIONS) {
    test.concurrent(`${version} ${name}`, async () => {
      const setup = {
        version,
        path: plan.path,
        login: plan.login ?? "chatgpt",
        upstream: () => plan.upstream(version),
        prompts: plan.prompts ?? ["How many?"],
        config: plan.config ?? [],
        codexFlags: plan.codexFlags?.(version) ?? [],
      };
      const { directUpstream } = plan;
      const [direct, proxied] = await Promise.all([
        runDirect(directUpstream ? { ...setup, upstream: () => directUpstream(version) } : setup),
        runProxied(setup, plan.proxyFlags ?? []),
      ]);
      check({ direct, proxied });
    });
  }
}

/** Both runs told the same story, with as much effort. */
export function expectSameStory(runs: Runs): void {
  expectSameAnswers(runs);
  expectSameEffort(runs);
}

/** Codex said, ran and complained of the same things, and ended in the same way. */
export function expectSameAnswers({ direct, proxied }: Runs): void {
  expect(proxied.printed.map(({ story }) => story)).toEqual(direct.printed.map(({ story }) => story));
  expect(proxied.printed.map(({ exitCode }) => exitCode)).toEqual(
    direct.printed.map(({ exitCode }) => exitCode),
  );
  expect(proxied.steps).toEqual(direct.steps);
}

/** Codex tried as often as without the proxy, and chained as many requests. */
export function expectSameEffort({ direct, proxied }: Runs): void {
  expect(effort(proxied)).toEqual(effort(direct));
  expect(proxied.complaints).toEqual(direct.complaints);
}

/** The upstream saw the same headers. */
export function expectSameHeaders({ direct, proxied }: Runs): void {
  expect(headersOf(proxied)).toEqual(headersOf(direct));
}

/** Each request's header names, and the values of those that do not differ from run to run. */
function headersOf({ upstream }: Run): object[] {
  return [...upstream.upgrades, ...upstream.attempts].map(({ headers }) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name !== "connection")
        .map(([name, value]) => [name, SAME.has(name) ? value : "..."]),
    ),
  );
}

const SAME = new Set([
  "authorization",
  "chatgpt-account-id",
  "content-encoding",
  "content-type",
  "openai-beta",
  "originator",
  "sec-websocket-extensions",
  "user-agent",
  "version",
  "x-codex-beta-features",
]);

/** The proxy added at most 2 % to what goes upstream. */
export function expectSameBytes({ direct, proxied }: Runs): void {
  expect(proxied.upstream.continuations).toEqual([]);
  expect(proxied.upstream.bytes / direct.upstream.bytes).toBeLessThan(1.02);
}

function effort(run: Run): object {
  const { attempts, upgrades, prewarms, refreshes } = run.upstream;
  return {
    attempts: attempts.length,
    incremental: incremental(run),
    upgrades: upgrades.length,
    prewarms,
    refreshes,
  };
}

/** How many requests brought only what was new. */
export function incremental({ upstream }: Run): number {
  return upstream.attempts.filter(({ body }) => body["previous_response_id"] !== undefined).length;
}

/** The proxy's lines about rounds and turns, without id, model and seconds. */
export function logLines({ log }: Run): string[] {
  return log
    .filter(({ event }) => event === "round" || event === "turn")
    .map(({ message }) =>
      String(message)
        .replace(/^\[[^\]]*\] /, "")
        .replace(/ [\d.]+s$/, ""),
    );
}

/** Which of the turns (counted from 1) the log reports as folded. */
export function foldedSteps({ log }: Run): number[] {
  const turns = log.filter(({ event }) => event === "turn");
  return turns.flatMap(({ rounds }, i) => ((rounds as unknown[]).length > 1 ? [i + 1] : []));
}
