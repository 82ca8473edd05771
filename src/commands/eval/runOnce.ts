import { answerOf } from "../../evaluation/answer.js";
import { nameOf, type Arm } from "../../evaluation/plan.js";
import type { World } from "../../evaluation/rehearsal/worlds.js";
import type { RunResult, RunVerdict } from "../../evaluation/results.js";
import { billedUsage } from "../../protocol/usage.js";
import type { TurnReport } from "../../reports/turnReport.js";
import type { ProxyOptions } from "../../transport/options.js";
import { createProxyServer } from "../../transport/proxy.js";
import type { UpstreamNetwork } from "../../transport/upstream/network/network.js";
import type { Client, Reply } from "./clients/client.js";
import type { MadePair } from "./setup.js";

export interface RunOptions {
  readonly client: Client;
  /** How a run's proxy is set, but for its mode. */
  readonly proxy: ProxyOptions;
  /** The way to the upstream, for all runs: making one takes longer than many a run of a rehearsal. */
  readonly network: UpstreamNetwork;
  /** Seconds. */
  readonly timeout: number;
  readonly rehearsal: World | undefined;
  readonly signal: AbortSignal;
}

/** A run: its result, or why it has none; and what it took all the same. */
export interface Run {
  readonly result: RunResult | undefined;
  readonly failure: string | undefined;
  readonly tokens: number;
  readonly transcript: string;
}

/** Asks one puzzle once, through a proxy of its own: what it reports is this run's alone. */
export async function runOnce(pair: MadePair, arm: Arm, options: RunOptions): Promise<Run> {
  const { client, timeout, rehearsal, signal } = options;
  const fold = { ...options.proxy.fold, mode: arm };
  const network = { ...options.network, close: async () => {} }; // it is there for the next run too
  const proxy = createProxyServer({ ...options.proxy, fold }, network);
  const turns: TurnReport[] = [];
  proxy.turns$.subscribe((turn) => turns.push(turn));
  const baseUrl = await proxy.listen();
  const time = new Date().toISOString();
  const begun = performance.now();
  const { model, effort } = pair.condition;
  const { prompt } = pair.puzzle;
  const reply = await client.ask({ prompt, model, effort, baseUrl, timeout, signal });
  const seconds = Math.round(performance.now() - begun) / 1000;
  await proxy.close(false);

  const usage = billedUsage(turns.map(({ billed }) => billed));
  const failure = whyNone(reply, turns, signal);
  const done = { failure, tokens: usage.total, transcript: reply.transcript };
  if (failure !== undefined) return { ...done, result: undefined };
  const answer = reply.text === undefined ? undefined : answerOf(reply.text);
  const result: RunResult = {
    ...nameOf(pair, arm),
    time,
    verdict: verdictOf(reply, pair),
    ...(answer !== undefined && { answer }),
    rounds: turns.flatMap(({ rounds }, turn) =>
      rounds.map(({ usage, tier }) => ({
        turn: turn + 1,
        ...(usage && { reasoning: usage.reasoning }),
        ...(tier !== undefined && { tier }),
      })),
    ),
    continuations: turns.reduce((sum, { rounds }) => sum + Math.max(0, rounds.length - 1), 0),
    tools: reply.tools,
    usage,
    seconds,
    codex: client.version,
    ...(rehearsal && { rehearsal }),
  };
  return { ...done, result };
}

function whyNone({ failure, timedOut }: Reply, turns: readonly TurnReport[], signal: AbortSignal) {
  if (signal.aborted) return "interrupted";
  if (failure !== undefined) return failure;
  if (turns.length === 0 && !timedOut)
    return "Codex did not ask through the proxy: is a provider of your own set?";
  return undefined;
}

function verdictOf({ text, timedOut }: Reply, { task, puzzle }: MadePair): RunVerdict {
  return text === undefined || timedOut ? "timeout" : task.grade(text, puzzle);
}
