import { isItemAdded, isItemDone, type ResponseEvent } from "./event.js";
import { isTentative, itemOf, itemType } from "./items.js";

/** Held events parted by what they belong to; each part in upstream order. */
export interface SplitHeld {
  /** What had to wait behind a tentative item: events of reasoning and hosted-tool items, and what is no JSON. */
  readonly thinking: readonly ResponseEvent[];
  /** Everything else. */
  readonly tentative: readonly ResponseEvent[];
}

/** Parts held events into thinking, which outlives a discarded round, and tentative output, which does not. */
export function splitHeld(held: readonly ResponseEvent[]): SplitHeld {
  const thoughts = new Set<unknown>();
  for (const event of held) {
    if (isItemEvent(event) && !isTentative(itemOf(event)))
      namesOf(event).forEach((name) => thoughts.add(name));
  }
  const isThinking = (event: ResponseEvent): boolean => {
    if (isItemEvent(event)) return !isTentative(itemOf(event));
    return event.type === "" || namesOf(event).some((name) => thoughts.has(name));
  };
  return { thinking: held.filter(isThinking), tentative: held.filter((event) => !isThinking(event)) };
}

/** The item types in held events, in order, each item once. */
export function heldItemTypes(held: readonly ResponseEvent[]): string[] {
  const types = new Map<unknown, string>();
  for (const event of held) {
    if (isItemEvent(event)) types.set(namesOf(event)[0] ?? event, itemType(itemOf(event)) || "unknown");
  }
  return [...types.values()];
}

function isItemEvent(event: ResponseEvent): boolean {
  return isItemAdded(event) || isItemDone(event);
}

/** What an event calls the item it belongs to: its place in the output (a number), its id; backends leave out either. */
function namesOf(event: ResponseEvent): unknown[] {
  const names = [event.json?.["output_index"], event.json?.["item_id"] ?? itemOf(event)?.["id"]];
  return names.filter((name) => name !== undefined);
}
