/**
 * The responses that clients know by another id than the upstream does: a fold has round 1's id, while the upstream
 * goes on from the round that was released. Bounded: the oldest is forgotten first.
 */
export interface ResponseAliases {
  /** The client was given `seen` for the upstream's `released`; the same id twice forgets it. */
  add(seen: string, released: string): void;
  /** The upstream's id for one that the client names. */
  resolve(id: string): string;
  /** The client's id for one that the upstream names, of a hidden round too. */
  seenAs(id: string): string;
}

/** @param limit the most folds remembered */
export function responseAliases(limit = 10_000): ResponseAliases {
  const upstream = new Map<string, string>();
  const seenBy = new Map<string, string>();
  const put = (map: Map<string, string>, key: string, value: string): void => {
    map.delete(key);
    if (key === value) return;
    map.set(key, value);
    const oldest = map.keys().next();
    if (map.size > limit && !oldest.done) map.delete(oldest.value);
  };
  return {
    add: (seen, released) => {
      put(upstream, seen, released);
      put(seenBy, released, seen);
    },
    resolve: (id) => upstream.get(id) ?? id,
    seenAs: (id) => seenBy.get(id) ?? id,
  };
}
