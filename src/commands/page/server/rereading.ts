/**
 * Reads something again only when it is old: those who ask meanwhile get what there is, or what is being read.
 *
 * @param fresh milliseconds for which it is not old
 */
export function rereading<T>(read: () => Promise<T>, fresh: number): () => Promise<T> {
  let known: { readonly value: Promise<T>; readonly at: number } | undefined;
  return () => {
    const now = Date.now();
    if (known && now - known.at < fresh) return known.value;
    const value = read();
    const reading = { value, at: now };
    known = reading;
    value.catch(() => {
      if (known === reading) known = undefined;
    });
    return value;
  };
}
