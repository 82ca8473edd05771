import { isItemAdded, isItemDone, type ResponseEvent } from "./event.js";
import { isTentative, itemOf, itemType, namesOf } from "./items.js";

/** Held events parted by what they belong to; each part in upstream order. */
export interface SplitHeld {
  /**
   * What had to wait behind a tentative item: events of reasoning and hosted-tool items, the rest of items that had
   * begun live, and what is no JSON.
   */
  readonly thinking: readonly ResponseEvent[];
  /** Everything else. */
  readonly tentative: readonly ResponseEvent[];
}

/**
 * Parts held events into thinking, which outlives a discarded round, and tentative output, which does not.
 *
 * @param begun names of the items that began live, and so have to end
 */
export function splitHeld(
  held: readonly ResponseEvent[],
  begun: ReadonlySet<unknown> = new Set(),
): SplitHeld {
  const thoughts = new Set(begun);
  for (const event of held) {
    if (isThought(event)) namesOf(event).forEach((name) => thoughts.add(name));
  }
  const isThinking = (event: ResponseEvent): boolean => {
    if (event.type === "" || isThought(event)) return true;
    const names = isItemEvent(event) ? begun : thoughts;
    // Where no thought is among them, which is the rule, no delta needs to be parsed for it.
    return names.size > 0 && namesOf(event).some((name) => names.has(name));
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

function isThought(event: ResponseEvent): boolean {
  return isItemEvent(event) && !isTentative(itemOf(event));
}

function isItemEvent(event: ResponseEvent): boolean {
  return isItemAdded(event) || isItemDone(event);
}
