import { isItemDone, type JsonObject, type ResponseEvent } from "./event.js";
import { encryptedContent, isHostedTool, isReasoning, isUnknown, itemOf, namesOf } from "./items.js";

/**
 * A thought's encrypted content: a token of version, time, IV, CBC blocks and HMAC, 57 + 16k bytes in all
 * (472 public responses; docs/adaptive-hold.md).
 */
const SHAPE = { prefix: "gAAAAA", frame: 57, block: 16, smallest: 713 };

/** What is known of a round's thinking before its answer begins. Numbers only. */
export interface Thinking {
  /** Reasoning items, finished or not. */
  readonly items: number;
  /** Reasoning items that are not finished. */
  readonly open: number;
  /** Decoded bytes of the finished items' encrypted content. */
  readonly bytes: number;
  /** Every finished item's encrypted content has the known shape. */
  readonly knownShape: boolean;
  /** A hosted tool ran, which can add reasoning tokens without bytes, or something unknown, which may be one. */
  readonly hostedTool: boolean;
}

/** Whether tentative output may go out before the verdict, and why, in words for the debug log. */
export interface LiveDecision {
  readonly live: boolean;
  /** The size it was decided on. */
  readonly bytes: number;
  readonly reason: string;
}

/** What else the decision depends on. */
export interface LiveRules {
  /** Bytes under which a thought was not cut; `undefined` for models whose sizes are not known. */
  readonly limit: number | undefined;
  /** 1 for the client's own request. */
  readonly round: number;
  /** The round before came back without reasoning: nothing is known of how this one thinks. */
  readonly afterStall: boolean;
}

/**
 * Decides whether a round's answer can stream live: a thought cut at 516 tokens has at least 2841 bytes (seen), so one
 * that is far smaller was not cut, and where none came there is none to continue from. Anything unknown: hold.
 */
export function decideLive(thinking: Thinking, { limit, round, afterStall }: LiveRules): LiveDecision {
  const decided = (live: boolean, reason: string): LiveDecision => ({ live, bytes: thinking.bytes, reason });
  const hold = (reason: string): LiveDecision => decided(false, reason);
  // A continuation that does not think has stalled, and is asked again.
  if (thinking.items === 0 && round === 1) return decided(true, "no reasoning came before it");
  if (limit === undefined) return hold("this model's reasoning sizes are not known");
  if (afterStall) return hold("the round before stalled");
  if (thinking.hostedTool) return hold("a hosted tool ran, or something unknown");
  if (thinking.items !== 1) return hold(`${thinking.items} reasoning items`);
  if (thinking.open > 0) return hold("the reasoning is not finished");
  if (!thinking.knownShape) return hold("the encrypted reasoning has no known shape");
  if (thinking.bytes >= limit) return hold(`${thinking.bytes} bytes of reasoning, not under ${limit}`);
  return decided(true, `${thinking.bytes} bytes of reasoning, under ${limit}`);
}

export const NO_THINKING: Thinking = { items: 0, open: 0, bytes: 0, knownShape: true, hostedTool: false };

/** Sums up the item events of a round so far. */
export function thinkingOf(itemEvents: readonly ResponseEvent[]): Thinking {
  const done = itemEvents.filter(isItemDone);
  const over = new Set(done.flatMap(namesOf));
  const open = itemEvents.filter(
    (event) => !isItemDone(event) && !namesOf(event).some((name) => over.has(name)),
  );
  return thinkingIn(done.map(itemOf), open.map(itemOf));
}

/** Sums up a round's items. @param open those that are not finished */
export function thinkingIn(
  finished: readonly (JsonObject | undefined)[],
  open: readonly (JsonObject | undefined)[] = [],
): Thinking {
  const contents = finished.filter(isReasoning).map(encryptedContent);
  const begun = open.filter(isReasoning).length;
  return {
    items: contents.length + begun,
    open: begun,
    bytes: contents.reduce((sum, content = "") => sum + decodedLength(content), 0),
    knownShape: contents.every((content) => content !== undefined && hasKnownShape(content)),
    hostedTool: [...finished, ...open].some((item) => isHostedTool(item) || isUnknown(item)),
  };
}

function hasKnownShape(content: string): boolean {
  return content.startsWith(SHAPE.prefix) && isKnownSize(decodedLength(content));
}

/** True for sizes that the encrypted content of so many items has been seen to have. @param bytes decoded */
export function isKnownSize(bytes: number, items = 1): boolean {
  return bytes >= SHAPE.smallest * items && (bytes - SHAPE.frame * items) % SHAPE.block === 0;
}

/** The length in bytes of base64 or base64url text. */
function decodedLength(content: string): number {
  return Math.floor((content.replaceAll("=", "").length * 3) / 4);
}
