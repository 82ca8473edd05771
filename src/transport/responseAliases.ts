/**
 * The responses that clients know by another id than the upstream does: a fold has round 1's id, while the upstream
 * goes on from the round that was released. Bounded: the oldest is forgotten first.
 */
export interface ResponseAliases {
  /** The client was given `seen` for the upstream's `released`; the same id twice forgets it. */
  add(seen: string, released: string): void;
  /** The upstream's id for one that the client names. */
  resolve(id: string): string;
}

/** @param limit the most folds remembered */
export function responseAliases(limit = 10_000): ResponseAliases {
  const released = new Map<string, string>();
  return {
    add: (seen, id) => {
      released.delete(seen);
      if (seen === id) return;
      released.set(seen, id);
      const oldest = released.keys().next();
      if (released.size > limit && !oldest.done) released.delete(oldest.value);
    },
    resolve: (id) => released.get(id) ?? id,
  };
}
