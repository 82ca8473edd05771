import { closestMatch } from "leven";

/** `, did you mean "stats"?` where something close is known, else nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  // Half of what was typed may be wrong; more is another word.
  const maxDistance = Math.max(1, Math.floor(given.replace(/^-+/, "").length / 2));
  const nearest = closestMatch(given, [...known], { maxDistance });
  return nearest === undefined ? "" : `, did you mean ${nearest}?`;
}
