/** What is not among the first names is called this. */
export const OTHER = "other";

/**
 * Keeps the first names that it is given, and calls all later ones `other`: a client may name as many models as it likes.
 *
 * @param limit the most names that are kept
 */
export function bounded(limit: number): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= limit) return OTHER;
    names.add(name);
    return name;
  };
}
