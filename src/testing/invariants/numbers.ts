import { isDeepStrictEqual } from "node:util";
import { asObject, isTerminal, type JsonObject, type ResponseEvent } from "../../protocol/event.js";
import { hasAnswer, isCompleted, responseIn, terminalOf } from "./reading.js";
import type { WatchedTurn } from "./watchedTurn.js";

interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

/**
 * Invariant 8: what a fold's terminal says was used, and what was billed, follows from the rounds' own terminals.
 *
 * @returns what is wrong, a line each
 */
export function numbersProblems(turn: WatchedTurn): string[] {
  const terminal = turn.client.find(isTerminal);
  if (!terminal) return [];
  return [...usageProblems(turn, terminal), ...metadataProblems(turn)];
}

function usageProblems({ rounds }: WatchedTurn, terminal: ResponseEvent): string[] {
  const used = rounds.map((round) => tokensOf(terminalOf(round)));
  const [first, released] = [used[0], used[releasedIndex(rounds)]];
  if (!first || !released) return [];
  const reasoning = sum(used, "reasoning");
  const output = reasoning + released.output - released.reasoning;
  const { input, cached } = first;
  return compare("usage", tokensOf(terminal), { input, cached, output, reasoning, total: input + output });
}

/** What the metadata says of the rounds. One round alone says something only where it ended on the fingerprint. */
export function metadataProblems({ client, rounds }: WatchedTurn): string[] {
  const metadata = asObject(responseIn(client.find(isTerminal))["metadata"]) ?? {};
  const terminals = rounds.map(terminalOf);
  const used = terminals.map(tokensOf);
  const listed = terminals.flatMap((terminal, index) => {
    const reasoning_tokens = used[index]?.reasoning;
    if (reasoning_tokens === undefined) return [];
    return [{ round: index + 1, reasoning_tokens, n: tierIn(terminal, reasoning_tokens) }];
  });
  const { input, cached, output, reasoning, total } = {
    input: sum(used, "input"),
    cached: sum(used, "cached"),
    output: sum(used, "output"),
    reasoning: sum(used, "reasoning"),
    total: sum(used, "total"),
  };
  const billed = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: total,
  };
  return [
    ...compare("metadata.proxy_rounds", metadata["proxy_rounds"], listed),
    ...compare("metadata.proxy_billed_usage", metadata["proxy_billed_usage"], billed),
    ...stopProblems(metadata, rounds),
    ...compare("the rest of the metadata", withoutOurs(metadata), withoutOurs(ownMetadata(rounds))),
  ];
}

const OURS = new Set(["proxy_rounds", "proxy_billed_usage", "proxy_stopped_reason"]);

function withoutOurs(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !OURS.has(key)));
}

function ownMetadata(rounds: WatchedTurn["rounds"]): JsonObject {
  return asObject(responseIn(terminalOf(rounds[releasedIndex(rounds)] ?? []))["metadata"]) ?? {};
}

/**
 * A reason is given where a fingerprinted round was released, a continuation failed, or stalls and rounds without an
 * answer used up the budget. Of a user's own verdict nothing is known here: it may have used it up as well.
 */
function stopProblems(metadata: JsonObject, rounds: WatchedTurn["rounds"]): string[] {
  const reason = metadata["proxy_stopped_reason"];
  const index = releasedIndex(rounds);
  const [released, last] = [rounds[index] ?? [], rounds.at(-1) ?? []];
  const isEarlier = released !== last;
  const isFold = rounds.length > 1;
  const isCut = tierIn(terminalOf(released), tokensOf(terminalOf(released))?.reasoning) !== null;
  const due = isEarlier || isCut || (isFold && (hasStalled(last) || !hasAnswer(last)));
  const given = typeof reason === "string";
  if (due !== given && !(isFold && given && BUDGETS.has(reason)))
    return [`8: proxy_stopped_reason ${String(reason)}`];
  if (!isEarlier || reason === (isCompleted(last) ? "no_answer" : "continuation_failed")) return [];
  return ["8: what ended the turn goes by another name"];
}

const BUDGETS = new Set(["max_continue", "max_billed_tokens"]);

function hasStalled(round: readonly ResponseEvent[]): boolean {
  const usage = asObject(responseIn(terminalOf(round))["usage"]);
  return asObject(usage?.["output_tokens_details"])?.["reasoning_tokens"] === 0;
}

/** The round that ends the turn: the last complete one that has an answer, or the last complete one. */
export function releasedIndex(rounds: WatchedTurn["rounds"]): number {
  const answered = rounds.findLastIndex((round) => isCompleted(round) && hasAnswer(round));
  return Math.max(answered < 0 ? rounds.findLastIndex(isCompleted) : answered, 0);
}

function tierIn(terminal: ResponseEvent | undefined, reasoning = 0): number | null {
  const tier = (reasoning + 2) / 518;
  return terminal?.type === "response.completed" && reasoning > 0 && Number.isInteger(tier) ? tier : null;
}

function tokensOf(terminal: ResponseEvent | undefined): Tokens | undefined {
  const usage = asObject(responseIn(terminal)["usage"]);
  if (!usage) return undefined;
  const count = (value: unknown): number => (typeof value === "number" ? value : 0);
  const input = count(usage["input_tokens"]);
  const output = count(usage["output_tokens"]);
  return {
    input,
    cached: count(asObject(usage["input_tokens_details"])?.["cached_tokens"]),
    output,
    reasoning: count(asObject(usage["output_tokens_details"])?.["reasoning_tokens"]),
    total: typeof usage["total_tokens"] === "number" ? usage["total_tokens"] : input + output,
  };
}

function sum(used: readonly (Tokens | undefined)[], column: keyof Tokens): number {
  return used.reduce((total, tokens) => total + (tokens?.[column] ?? 0), 0);
}

function compare(what: string, actual: unknown, due: unknown): string[] {
  if (isDeepStrictEqual(actual, due)) return [];
  return [`8: ${what} is ${JSON.stringify(actual)} where ${JSON.stringify(due)} is due`];
}
