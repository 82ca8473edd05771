import { asObject, isItemDone, type JsonObject, type ResponseEvent } from "./event.js";
import type { FoldOptions } from "./foldOptions.js";
import { encryptedContent, isReasoning, itemOf } from "./items.js";
import { editJson, memberText, sliceJsonArray, type JsonEdit } from "./jsonText.js";
import { includeEncryptedReasoning, readRequest, type TurnRequest } from "./request.js";
import { splitHeld } from "./held.js";
import type { RoundEnd } from "./signals.js";

/**
 * The body of the next round: the turn's own input, the thinking of every round so far, and one nudge.
 * The client's text is spliced, never printed again.
 *
 * @param request the turn
 * @param rounds the rounds so far, all with the verdict `continue`
 * @param nudge what ends the input
 */
export function continuationBody(
  request: TurnRequest,
  rounds: readonly RoundEnd[],
  nudge: FoldOptions["nudge"],
): string {
  const whole = request.wholeText?.() ?? request.text;
  // `request.json` is what the client said, which over WebSocket may be an increment of what `text` says
  const { json } = request.wholeText ? readRequest(whole) : request;
  const input = inputItems(whole, json);
  const keepIds = clientItemsHaveIds(json);
  const thinking = rounds.flatMap(replayItems).map((item) => (keepIds ? item : withoutId(item)));
  const edits: JsonEdit[] = [
    { path: ["input"], raw: `[${[...input, ...thinking, nudgeItem(nudge, rounds)].join(",")}]` },
    ...(request.unstreamed ? [] : [{ path: ["stream"], raw: "true" }]),
    ...includeEncryptedReasoning({ json }),
  ];
  return editJson(whole, edits);
}

/** The commentary message: the official `phase` that makes the model think on instead of answering. */
function nudgeItem(nudge: FoldOptions["nudge"], rounds: readonly RoundEnd[]): string {
  const reason = rounds.at(-1)?.verdict.reason ?? "fingerprint";
  const text = typeof nudge === "string" ? nudge : nudge({ round: rounds.length + 1, reason });
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

function inputItems(text: string, json: JsonObject): string[] {
  const { input } = json;
  if (typeof input === "string") {
    return [
      JSON.stringify({ type: "message", role: "user", content: [{ type: "input_text", text: input }] }),
    ];
  }
  return sliceJsonArray(text, ["input"]);
}

/**
 * Codex 0.142.5 sends items without `id`, 0.169 with; some backends refuse replayed ids with `store: false`.
 * So a continuation does as the client does.
 */
function clientItemsHaveIds({ input }: JsonObject): boolean {
  return Array.isArray(input) && input.some((item) => typeof asObject(item)?.["id"] === "string");
}

function withoutId(item: string): string {
  return editJson(item, [{ path: ["id"], raw: undefined }]);
}
