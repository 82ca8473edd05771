import { isItemAdded, isItemDone, type ResponseEvent } from "./event.js";
import { isTentative, itemOf } from "./items.js";

/** Held events parted by what they belong to; each part in upstream order. */
export interface SplitHeld {
  /** Events of reasoning and hosted-tool items that had to wait behind a tentative one. */
  readonly thinking: readonly ResponseEvent[];
  /** Everything else. */
  readonly tentative: readonly ResponseEvent[];
}

/** Parts held events into thinking, which outlives a discarded round, and tentative output, which does not. */
export function splitHeld(held: readonly ResponseEvent[]): SplitHeld {
  const tentativeItems = new Map<unknown, boolean>();
  const thinking: ResponseEvent[] = [];
  const tentative: ResponseEvent[] = [];
  for (const event of held) {
    const key = event.json?.["output_index"] ?? event.json?.["item_id"];
    if (isItemAdded(event) || isItemDone(event)) tentativeItems.set(key, isTentative(itemOf(event)));
    (tentativeItems.get(key) === false ? thinking : tentative).push(event);
  }
  return { thinking, tentative };
}

/** The item types in held events, in order, each item once. */
export function heldItemTypes(held: readonly ResponseEvent[]): string[] {
  const types = new Map<unknown, string>();
  for (const event of held) {
    if (!isItemAdded(event) && !isItemDone(event)) continue;
    const type = itemOf(event)?.["type"];
    types.set(event.json?.["output_index"] ?? types.size, typeof type === "string" ? type : "unknown");
  }
  return [...types.values()];
}
