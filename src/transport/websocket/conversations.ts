/**
 * A conversation as the upstream has it (what it was sent, nudges and left-out ids included, and what it answered),
 * so that its prompt cache holds what is built on it. It is shared with its own past: appending a turn costs the turn's
 * bytes, not the conversation's.
 */
export interface Conversation {
  readonly before: Conversation | undefined;
  /**
   * Input items as JSON text, separated by commas; may be empty. Bytes of its own: a piece of a string would keep the
   * whole frame alive that it was cut from.
   */
  readonly items: Buffer;
  /** Bytes of all items, with the commas between them. */
  readonly size: number;
  /** Whether the client's items have ids, by the first of them: replayed items go as they do. */
  readonly itemIds?: boolean | undefined;
}

const EMPTY: Conversation = { before: undefined, items: Buffer.alloc(0), size: 0 };

/** The conversation with further items. */
export function extended(conversation: Conversation, items: readonly string[]): Conversation {
  const text = items.filter((item) => item !== "").join(",");
  if (text === "") return conversation;
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return { ...conversation, before: conversation, items: bytes, size: conversation.size + bytes.length + 1 };
}

/** The conversation as the text of an `input` array, between its brackets. */
export function inputItems(conversation: Conversation): string {
  const parts: string[] = [];
  for (let part: Conversation | undefined = conversation; part; part = part.before) {
    if (part.items.length > 0) parts.push(part.items.toString());
  }
  return parts.reverse().join(",");
}

/** What one WebSocket connection remembers: of each lane the conversation up to its latest response. */
export interface Conversations {
  /**
   * The conversation that a frame goes on from.
   *
   * @param previous the frame's `previous_response_id`
   * @returns empty for a frame that begins anew; `undefined` where the response is not known here
   */
  upTo(previous: string | undefined): Conversation | undefined;
  /** Remembers where a lane stands; its earlier responses cannot be gone on from (docs: only the latest can). */
  remember(lane: string, responseId: string, conversation: Conversation): void;
  /** A lane's latest response cannot be gone on from: what came after it failed, or is not remembered. */
  forget(lane: string): void;
  /** True once more than the limit came together: from then on nothing is remembered. */
  readonly full: boolean;
}

/**
 * @param limit the most that is remembered over all lanes, in bytes
 * @param onFull called once, when it is passed
 */
export function conversations(limit: number, onFull: () => void): Conversations {
  const lanes = new Map<string, { readonly responseId: string; readonly conversation: Conversation }>();
  let full = false;
  return {
    upTo: (previous) => {
      if (previous === undefined) return EMPTY;
      for (const { responseId, conversation } of lanes.values())
        if (responseId === previous) return conversation;
      return undefined;
    },
    remember: (lane, responseId, conversation) => {
      if (full) return;
      lanes.set(lane, { responseId, conversation });
      const total = [...lanes.values()].reduce((sum, { conversation: { size } }) => sum + size, 0);
      if (total <= limit) return;
      full = true;
      lanes.clear();
      onFull();
    },
    forget: (lane) => void lanes.delete(lane),
    get full() {
      return full;
    },
  };
}
