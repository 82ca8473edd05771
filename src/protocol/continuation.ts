import { isItemDone, type ResponseEvent } from "./event.js";
import type { FoldOptions } from "./foldOptions.js";
import { inputItemsText, itemsHaveIds } from "./input.js";
import { encryptedContent, isReasoning, itemOf } from "./items.js";
import { editJson, memberText, type JsonEdit } from "./jsonText.js";
import { includeEncryptedReasoning, type TurnRequest } from "./request.js";
import { splitHeld } from "./held.js";
import type { RoundEnd } from "./signals.js";

/**
 * The body of the next round: the whole input of the round before it, that round's thinking, and one nudge. So the
 * upstream finds all but the last of it in its prompt cache. The client's text is spliced, never printed again.
 *
 * ```
 * round 1   input
 * round 2   input r1 nudge
 * round 3   input r1 nudge r2 nudge
 * ```
 *
 * @param request the turn
 * @param rounds the rounds so far, all with the verdict `continue`
 * @param nudge what ends the input; a function is asked once for each of the rounds
 */
export function continuationBody(
  request: TurnRequest,
  rounds: readonly RoundEnd[],
  nudge: FoldOptions["nudge"],
): string {
  const { text, earlierInput } = request;
  const input = [earlierInput?.() ?? "", inputItemsText(text), ...addedItems(request, rounds, nudge)];
  const edits: JsonEdit[] = [
    { path: ["input"], raw: `[${input.filter((items) => items !== "").join(",")}]` },
    ...(earlierInput ? [{ path: ["previous_response_id"], raw: undefined }] : []),
    ...(request.unstreamed ? [] : [{ path: ["stream"], raw: "true" }]),
    ...includeEncryptedReasoning(request),
  ];
  return editJson(text, edits);
}

/** What the continuation behind these rounds has in its input beside what the client asked: items, as text. */
export function addedItems(
  { json, itemIds = itemsHaveIds(json) ?? false }: TurnRequest,
  rounds: readonly RoundEnd[],
  nudge: FoldOptions["nudge"],
): string[] {
  return rounds.flatMap((round) => [...replayItems(round).map(idsAs(itemIds)), nudgeItem(nudge, round)]);
}

/** The commentary message: the official `phase` that makes the model think on instead of answering. */
function nudgeItem(nudge: FoldOptions["nudge"], { round, verdict: { reason } }: RoundEnd): string {
  const text = typeof nudge === "string" ? nudge : nudge({ round: round + 1, reason });
  if (typeof text !== "string") return JSON.stringify(text);
  return JSON.stringify({
    type: "message",
    role: "assistant",
    phase: "commentary",
    content: [{ type: "output_text", text }],
  });
}

/** What a continuation replays of a round, as text: encrypted reasoning and all that went out, in order. */
export function replayItems({ shown, held, begun }: RoundEnd): string[] {
  return [...shown, ...splitHeld(held, begun).thinking.filter(isItemDone)].filter(isReplayable).map(itemText);
}

/** The text of the item in an `output_item.done` event, exactly as it came. */
export function itemText(done: ResponseEvent): string {
  return memberText(done.data, "item") ?? "null";
}

/** Reasoning without its encrypted content says nothing to the upstream (and is refused with `store: false`). */
function isReplayable(done: ResponseEvent): boolean {
  const item = itemOf(done);
  return item !== undefined && (!isReasoning(item) || encryptedContent(item) !== undefined);
}

/**
 * Codex 0.142.5 sends items without `id`, 0.169 with; some backends refuse replayed ids with `store: false`.
 * So a continuation does as the client does.
 */
function idsAs(keep: boolean): (item: string) => string {
  return (item) => (keep ? item : editJson(item, [{ path: ["id"], raw: undefined }]));
}
