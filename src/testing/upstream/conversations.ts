import type { JsonObject } from "../../protocol/event.js";

/** A response that can be continued from. */
export interface Stored {
  readonly id: string;
  readonly account: string;
  /** Input and output so far. */
  readonly history: readonly JsonObject[];
  /** The context's size, as the response reported it. */
  readonly totalTokens: number;
  /** The response object, as `GET /responses/{id}` answers it. */
  readonly response: JsonObject;
}

/** Where a response's state is kept, and what `previous_response_id` finds. */
export interface Conversations {
  /** @param account who asks; `undefined`: only look on this connection */
  find(id: string, account: string | undefined): Stored | undefined;
  /** A response is completed. */
  keep(stored: Stored, lane: string, persistent: boolean): void;
  /** A turn in this lane failed: its latest response can no longer be continued from. */
  evict(lane: string): void;
}

/** Responses with `store: true`: any connection of the account finds them. */
export function persistentConversations(): Conversations {
  const all = new Map<string, Stored>();
  return {
    find(id, account) {
      const stored = all.get(id);
      return stored?.account === account ? stored : undefined;
    },
    keep(stored, _lane, persistent) {
      if (persistent) all.set(stored.id, stored);
    },
    evict: () => undefined,
  };
}

/**
 * A WebSocket connection's own memory: only the latest response of each lane can be continued from, by any lane.
 * What is not here may be found among the persistent ones.
 */
export function connectionConversations(persistent: Conversations): Conversations {
  const latest = new Map<string, Stored>();
  return {
    find(id, account) {
      return [...latest.values()].find((stored) => stored.id === id) ?? persistent.find(id, account);
    },
    keep(stored, lane, isPersistent) {
      latest.set(lane, stored);
      persistent.keep(stored, lane, isPersistent);
    },
    evict: (lane) => latest.delete(lane),
  };
}
