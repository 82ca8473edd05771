import { writeFile } from "node:fs/promises";
import type { Arm, Condition } from "../../evaluation/plan.js";
import { rehearsalUpstream, type KnownPuzzle } from "../../evaluation/rehearsal/model.js";
import { summaryOf } from "../../evaluation/summary.js";
import { toProxyOptions } from "../../options/proxyOptions.js";
import type { ProxyOptions } from "../../transport/options.js";
import { upstreamNetwork, type UpstreamNetwork } from "../../transport/upstream/network/network.js";
import { UnusableNetwork } from "../../transport/upstream/network/proxyUrl.js";
import { UnusableModule } from "../../options/modules/importModule.js";
import { UsageError, asUsageError, type Environment, type Invocation } from "../command.js";
import { count } from "../terminal/numbers.js";
import { printable } from "../../reports/printable.js";
import { progressBar } from "../terminal/progress.js";
import { styleFor } from "../terminal/style.js";
import { widthOf, wrap } from "../terminal/wrap.js";
import { agrees } from "./ask.js";
import { realClient, rehearsalClient } from "./clients/choose.js";
import type { Client } from "./clients/client.js";
import { completeIn, courseOf, type Stop } from "./course.js";
import type { EvalFlags } from "./evalFlags.js";
import { evalPage } from "./page.js";
import { judged, toJson } from "./judged.js";
import { renderEval } from "./render.js";
import { openResults, type ResultsFile } from "./resultsFile.js";
import type { Run } from "./runOnce.js";
import { setupOf, type MadePair, type Setup } from "./setup.js";

/** What shells give for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Runs what is not done yet, and shows what all of it came to. @returns the exit code */
export async function performEval(invocation: Invocation<EvalFlags>): Promise<number> {
  const { flags, stdout, stderr, env } = invocation;
  const setup = await setupOf(invocation);
  const results = await openResults(setup.out, setup.rehearsal);
  const stop = await runRest(invocation, setup, results);

  const conditions = judged(summaryOf(setup.plan, results.known));
  if (flags.json) stdout.write(`${JSON.stringify(toJson(conditions), undefined, 2)}\n`);
  else stdout.write(renderEval(conditions, setup, widthOf(stdout), styleFor(stdout, env)));
  if (flags.html !== undefined) {
    await writeFile(flags.html, evalPage(conditions, setup, new Date()));
    stderr.write(`The page is in ${printable(flags.html)}.\n`);
  }
  stderr.write(endingOf(stop, results));
  return stop.kind === "interrupted" ? INTERRUPTED : stop.kind === "failing" ? 1 : 0;
}

/** Runs the pairs that lack something. */
async function runRest(
  invocation: Invocation<EvalFlags>,
  setup: Setup,
  results: ResultsFile,
): Promise<Stop | Declined> {
  const { flags, stderr, env } = invocation;
  const { plan, rehearsal } = setup;
  const isComplete = completeIn(results);
  if (plan.every(isComplete)) {
    stderr.write(`All ${2 * plan.length} runs are in ${printable(results.path)}; nothing is asked again.\n`);
    return { kind: "done" };
  }
  const asks = !flags.yes && rehearsal === undefined;
  if (asks && !canAsk(invocation)) throw new UsageError(NOBODY_TO_ASK);

  // Both arms see the same counters, whatever the model: it is the mode that tells them apart.
  const settings = {
    port: 0,
    models: ["*"],
    upstream: flags.upstream,
    proxy: flags.proxy,
    caFile: flags.caFile,
  };
  const network = networkOf(toProxyOptions(settings), rehearsal === undefined ? env : {});
  const client = await (rehearsal === undefined ? realClient(env) : rehearsalClient(env));
  const played = rehearsal && (await rehearsalUpstream(rehearsal, plan.map(knownOf)));
  const proxy = toProxyOptions({ ...settings, ...(played && { upstream: `${played.url}/v1` }) });
  const progress = progressOf(invocation, () => [plan.filter(isComplete).length, plan.length]);
  try {
    const opening = openingOf(setup, client, results, plan.filter(isComplete).length);
    stderr.write(opening.map((line) => `${wrap(line, widthOf(stderr))}\n`).join(""));
    progress.begin();
    const { parallel, budgetTokens: budget, keepTranscripts, timeout } = flags;
    const { signal } = invocation;
    const { onRun } = progress;
    const course = courseOf({ plan, results, parallel, budget, keepTranscripts, timeout, rehearsal, client, proxy, network, signal, onRun }); // oxfmt-ignore
    if (asks) {
      const first = await course.run(firstOfEach(plan, isComplete));
      progress.clear();
      const left = plan.filter((pair) => !isComplete(pair)).length;
      if (first.kind !== "done" || left === 0) return first;
      const question = `${left} more pairs should take about ${count(course.expected())} tokens; ${count(course.spent())} are spent. Go on?`;
      if (!(await mayGoOn(invocation, question)))
        return { kind: signal.aborted ? "interrupted" : "declined" };
    }
    return await course.run(plan);
  } catch (error) {
    throw asUsageError(error, UnusableModule);
  } finally {
    progress.clear();
    await Promise.all([client.close(), network.close(), played?.close()]);
  }
}

/** The user did not want to go on. */
type Declined = { readonly kind: "declined" };

const NOBODY_TO_ASK =
  "eval spends tokens and asks before it does; where nobody can be asked it needs --yes (or --rehearse, which costs nothing)";

/** @throws UsageError for a proxy URL or a CA file that cannot be used */
function networkOf(options: ProxyOptions, env: Environment): UpstreamNetwork {
  try {
    return upstreamNetwork(options, env);
  } catch (error) {
    throw asUsageError(error, UnusableNetwork);
  }
}

function canAsk({ stdin, stderr }: Invocation<EvalFlags>): boolean {
  return stderr.isTTY === true && stdin?.().isTTY === true;
}

async function mayGoOn({ stdin, stderr, signal }: Invocation<EvalFlags>, question: string): Promise<boolean> {
  const input = stdin?.();
  return input !== undefined && agrees(question, input, stderr, signal);
}

/** A pair of each condition that has no complete one. */
function firstOfEach(plan: readonly MadePair[], isComplete: (pair: MadePair) => boolean): MadePair[] {
  const conditions = new Set<Condition>(plan.map(({ condition }) => condition));
  return [...conditions].flatMap((condition) => {
    const pairs = plan.filter((pair) => pair.condition === condition);
    return pairs.some(isComplete) ? [] : pairs.slice(0, 1);
  });
}

function knownOf({ task, seed, puzzle }: MadePair): KnownPuzzle {
  return { task: task.name, seed, prompt: puzzle.prompt, answer: puzzle.answer };
}

/** A bar on a terminal; a line for each run anywhere else. */
function progressOf(
  { stderr }: Invocation<EvalFlags>,
  pairs: () => readonly [complete: number, all: number],
) {
  const bar = progressBar(stderr);
  return {
    /** The first run may take minutes. */
    begin: (): void => {
      const [complete, all] = pairs();
      bar.at(complete / all, `${complete} of ${all} pairs`);
    },
    onRun: (pair: MadePair, arm: Arm, run: Run, spent: number): void => {
      const [complete, all] = pairs();
      const far = `${complete} of ${all} pairs, ${count(spent)} tokens`;
      if (!stderr.isTTY) stderr.write(`${far}: ${lineOf(pair, arm, run)}\n`);
      if (run.failure !== undefined) {
        bar.clear();
        stderr.write(`no result: ${said(run.failure)}\n`);
      }
      bar.at(complete / all, far);
    },
    clear: () => bar.clear(),
  };
}

function lineOf({ task, condition }: MadePair, arm: Arm, { result }: Run): string {
  const what = `${condition.model} ${condition.effort} ${task.name} ${arm}`;
  if (!result) return `${what}: no result`;
  const thought = result.rounds.map(({ reasoning = "?" }) => reasoning).join(" + ");
  return `${what}: ${result.verdict}, ${thought} reasoning tokens, ${result.seconds.toFixed(1)} s`;
}

/** What Codex says of a failure; short, for it may be anything. */
function said(text: string): string {
  return printable(text.replace(/\s+/g, " ")).slice(0, 300);
}

function openingOf({ plan, rehearsal }: Setup, client: Client, results: ResultsFile, done: number): string[] {
  const what =
    rehearsal === undefined
      ? `${client.name}, with your login`
      : `A rehearsal (${rehearsal}) with ${client.name} and a simulated upstream: no account, no network`;
  const before = done > 0 ? `, ${done} of them done before` : "";
  return [`${what}.`, `${plan.length} pairs${before}; results go to ${printable(results.path)}.`];
}

function endingOf(stop: Stop | Declined, { path }: ResultsFile): string {
  const go = `What is done is in ${printable(path)}; the same command goes on there.\n`;
  if (stop.kind === "budget") return `The budget is used up: give a larger --budget-tokens to go on. ${go}`;
  if (stop.kind === "interrupted") return `Interrupted. ${go}`;
  if (stop.kind === "declined") return `Stopped. ${go}`;
  if (stop.kind === "failing")
    return `Given up: Codex failed several times in a row (${said(stop.why)}). ${go}`;
  return "";
}
