import { itemText } from "../../protocol/continuation.js";
import { inputItemsText } from "../../protocol/input.js";
import type { TurnEnd } from "../../protocol/signals.js";
import { extended, inputItems, type Conversation } from "./conversations.js";

/** What becomes of a conversation in a turn. */
export interface TurnHistory {
  /** A round's body goes upstream; round 1's comes first. */
  sends(body: string): void;
  /** Where the conversation stands after the turn; `undefined` where that is not known. */
  after(end: TurnEnd): Conversation | undefined;
}

/**
 * Follows what the upstream is sent in a turn: a continuation has more in its input than the client's items.
 *
 * @param begun gives the conversation with what the client asked, a copy of the frame's items: not before it is wanted
 */
export function turnHistory(begun: () => Conversation): TurnHistory {
  /** By round, from the second: the conversation as that round was sent it. */
  const sent: (Conversation | undefined)[] = [];
  let first = true;
  return {
    sends: (body) => {
      if (!first) sent.push(continued(begun(), body));
      first = false;
    },
    after: ({ released, given }) => {
      const before = released.round === 1 ? begun() : sent[released.round - 2];
      return before && extended(before, given.map(itemText));
    },
  };
}

/** The conversation with what a continuation's input has behind it. */
function continued(begun: Conversation, body: string): Conversation | undefined {
  const known = inputItems(begun);
  const input = inputItemsText(body);
  return input.startsWith(known) ? extended(begun, [input.slice(known.length).replace(/^,/, "")]) : undefined;
}
