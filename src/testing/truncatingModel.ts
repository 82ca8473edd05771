import type { JsonObject } from "../protocol/event.js";
import { encryptedContent, itemType } from "../protocol/items.js";
import { openThought, type Thought } from "./encryptedContent.js";
import { round, type Round, type RoundBuilder } from "./rounds/round.js";
import type { UpstreamRequest } from "./upstream/request.js";

/** What the model does at the end of its thinking: a final answer, or whatever the function adds to the round. */
export type Act = string | ((round: RoundBuilder) => RoundBuilder);

/** One thing the model has to find out, from a prompt or a tool's output to its answer or next call. */
export interface ModelStep {
  /** What it does when it could think as long as it needed. */
  readonly right: Act;
  /** What it does when it was cut off. The same number of calls as `right`. Default: as `right`. */
  readonly wrong?: Act;
  /**
   * The reasoning tokens of the rounds that are cut, in order: `[516, 1034]` takes two continuations. 0 is a stall: a
   * continuation that comes back without reasoning.
   */
  readonly cuts?: readonly number[];
  /** Reasoning tokens of the round that is not cut. Default 217. */
  readonly tokens?: number;
}

/** What {@link truncatingModel} plays. */
export interface TruncatingModelOptions {
  /** The steps of a conversation, over all its turns; past the last one, the last one again. */
  readonly steps: readonly ModelStep[] | ((request: UpstreamRequest) => readonly ModelStep[]);
}

/**
 * A script that behaves like a model whose thinking is cut: it acts wrongly until it was continued often enough.
 *
 * All it knows it reads from the request, so it works over both transports, with tool loops, several conversations
 * at once, retries and compaction. The step follows from the tool outputs and final answers in the history; how far
 * the thinking of that step has come, from the encrypted reasoning behind them. A continuation that does not bring
 * back every token thought so far gets no further.
 *
 * @example simulatedUpstream({ script: truncatingModel({ steps: [{ cuts: [516], wrong: "29", right: "21" }] }) })
 */
export function truncatingModel({ steps }: TruncatingModelOptions): (request: UpstreamRequest) => Round {
  const stalls = new Map<string, number>();
  return (request) => {
    const done = completedActs(request);
    if (itemType(request.input.at(-1)) === "compaction_trigger") return round().compaction({ steps: done });

    const { step, index } = stepAfter(done, typeof steps === "function" ? steps(request) : steps);
    const { right, wrong = right, cuts = [], tokens = 217 } = step;
    const thought = request.isContinuation ? tokensInHand(request) : 0;
    let cut = nextCut(cuts, thought);
    if (cuts[cut] === 0) {
      // nothing in the next request would show that this continuation has been stalled before
      const place = `${String(request.body["prompt_cache_key"])}/${index}/${cut}`;
      const before = stalls.get(place) ?? 0;
      if (cuts[cut + before] === 0) {
        stalls.set(place, before + 1);
        return act(round(), wrong).completed();
      }
      cut += before;
    }
    const cutAt = cuts[cut];
    return cutAt === undefined
      ? act(round().reasoning(tokens), right).completed()
      : act(round().reasoning(cutAt), wrong).completed();
  };
}

function act(begun: RoundBuilder, what: Act): RoundBuilder {
  return typeof what === "string" ? begun.message(what, { phase: "final_answer" }) : what(begun);
}

/** Tool outputs and final answers so far, those before a compaction included. */
function completedActs({ history, account }: UpstreamRequest): number {
  let count = 0;
  for (const item of history) {
    if (isAct(item)) count++;
    if (itemType(item) === "compaction") count = thoughtIn(item, account)?.steps ?? count;
  }
  return count;
}

function thoughtIn(item: JsonObject, account: string): Thought | undefined {
  const content = encryptedContent(item);
  return content === undefined ? undefined : openThought(content, account);
}

function isAct(item: JsonObject): boolean {
  return (
    itemType(item).endsWith("_output") || (isMessageOf("assistant", item) && item["phase"] !== "commentary")
  );
}

function isMessageOf(role: string, item: JsonObject): boolean {
  return item["role"] === role && ["message", ""].includes(itemType(item));
}

function stepAfter(done: number, steps: readonly ModelStep[]): { step: ModelStep; index: number } {
  let left = done;
  for (const [index, step] of steps.entries()) {
    const acts = Math.max(1, callsIn(step.right));
    if (left < acts || index === steps.length - 1) return { step, index };
    left -= acts;
  }
  throw new RangeError("truncatingModel: `steps` is empty");
}

/** How many of a round's items the client has to answer. */
function callsIn(what: Act): number {
  if (typeof what === "string") return 0;
  return act(round(), what)
    .completed({ output: "items" })
    .filter((text) => text.startsWith('{"type":"response.output_item.done"') && text.includes('"call_id":'))
    .length;
}

/** The reasoning tokens of the present step that the request brings back. */
function tokensInHand({ history, account }: UpstreamRequest): number {
  const begin = history.findLastIndex((item) => isAct(item) || isMessageOf("user", item)) + 1;
  return history
    .slice(begin)
    .filter((item) => itemType(item) === "reasoning")
    .reduce((sum, item) => sum + (thoughtIn(item, account)?.tokens ?? 0), 0);
}

/** The first cut that is still to come after so many tokens. */
function nextCut(cuts: readonly number[], thought: number): number {
  let sum = 0;
  for (const [index, cut] of cuts.entries()) {
    if (cut === 0 && sum === thought && index > 0) return index;
    sum += cut;
    if (sum > thought) return index;
  }
  return cuts.length;
}
