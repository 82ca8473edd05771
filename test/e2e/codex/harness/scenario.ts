import { expect, test } from "vitest";
import type { SimulatedUpstreamOptions } from "../../../../src/testing/index.js";
import type { Path } from "./codexHome.js";
import { runDirect, runProxied, type Args, type Run } from "./run.js";

/** A way to use Codex, run directly and through the proxy. */
export interface Scenario {
  readonly path: Path;
  readonly upstream: (version: string) => SimulatedUpstreamOptions;
  /** The upstream of the run without the proxy, where the comparison is with an uncut model. Default: the same. */
  readonly directUpstream?: (version: string) => SimulatedUpstreamOptions;
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
  readonly version: string;
}

const VERSIONS = (process.env["CODEX_VERSIONS"] ?? "").split(/[\s,]+/).filter((version) => version !== "");

/** Defines the scenario's test for each version of Codex. */
export function scenario(name: string, plan: Scenario, check: (runs: Runs) => void): void {
  for (const version of VERSIONS) {
    test.concurrent(`${version} ${name}`, async () => {
      const setup = {
        version,
        path: plan.path,
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
      check({ direct, proxied, version });
    });
  }
}

/** Both runs told the same story: the same answers, commands and complaints, with as many attempts upstream. */
export function expectSameStory({ direct, proxied }: Runs): void {
  expect(proxied.printed.map(({ story }) => story)).toEqual(direct.printed.map(({ story }) => story));
  expect(proxied.printed.map(({ exitCode }) => exitCode)).toEqual(
    direct.printed.map(({ exitCode }) => exitCode),
  );
  expect(proxied.steps).toEqual(direct.steps);
  expectSameEffort({ direct, proxied });
}

/** Codex tried as often as without the proxy, and chained as many requests. */
export function expectSameEffort({ direct, proxied }: Pick<Runs, "direct" | "proxied">): void {
  expect(effort(proxied)).toEqual(effort(direct));
  expect(proxied.complaints).toEqual(direct.complaints);
}

/** The proxy added at most 2 % to what goes upstream. */
export function expectSameBytes({ direct, proxied }: Runs): void {
  expect(proxied.upstream.continuations).toEqual([]);
  expect(proxied.upstream.bytes / direct.upstream.bytes).toBeLessThan(1.02);
}

function effort({ upstream }: Run): object {
  const { attempts, upgrades, prewarms, refreshes } = upstream;
  return {
    attempts: attempts.length,
    incremental: attempts.filter(({ body }) => body["previous_response_id"] !== undefined).length,
    upgrades: upgrades.length,
    prewarms,
    refreshes,
  };
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
