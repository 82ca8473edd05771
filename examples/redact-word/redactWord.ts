import { isItemDone, isTerminal, withOutputText, withValue } from "codexcomp";
import type { CustomOperator, ResponseEvent } from "codexcomp";
import { concatMap } from "rxjs";

/**
 * Hides a word in output text, wherever deltas cut it.
 *
 * ```
 * response  --a--b--c--d--|      a: "the bl", b: "ue b", c: "ird", d: the whole text
 *        redactWord("blue bird")
 * result    --a--b--c--d--|      a: "the ", b: "", c: "***", d: "the ***"
 * ```
 */
export function redactWord(word: string, mask = "***"): CustomOperator {
  return function redactWord() {
    /** What may be the beginning of the word, and the event it came with. */
    let kept = "";
    let keptOf: ResponseEvent | undefined;

    const redactDelta = (event: ResponseEvent): ResponseEvent => {
      const text = (kept + String(event.json?.["delta"] ?? "")).replaceAll(word, mask);
      kept = beginningOf(word, text);
      keptOf = event;
      return withValue(event, ["delta"], text.slice(0, text.length - kept.length));
    };
    /** The text is over, and what was kept back was not the word. */
    const flush = (): ResponseEvent[] => {
      if (!keptOf || kept === "") return [];
      const rest = withValue(keptOf, ["delta"], kept);
      kept = "";
      return [rest];
    };

    return concatMap((event) => {
      if (event.type === "response.output_text.delta") return [redactDelta(event)];
      const ends = event.type === "response.output_text.done" || isItemDone(event) || isTerminal(event);
      return [...(ends ? flush() : []), withOutputText(event, (text) => text.replaceAll(word, mask))];
    });
  };
}

/** The longest end of a text with which the word may begin. */
function beginningOf(word: string, text: string): string {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (word.startsWith(end)) return end;
  }
  return "";
}
