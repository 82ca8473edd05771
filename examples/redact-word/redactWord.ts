import { isItemDone, isTerminal, itemType, withValue } from "codexcomp";
import type { CustomOperator, JsonObject, ResponseEvent } from "codexcomp";
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
      const paths = textPaths(event);
      const ends = event.type === "response.output_text.done" || isItemDone(event) || isTerminal(event);
      return [...(ends ? flush() : []), paths.reduce(redactAt, event)];
    });

    function redactAt(event: ResponseEvent, path: Path): ResponseEvent {
      const text = valueAt(event.json, path);
      return typeof text === "string" && text.includes(word)
        ? withValue(event, path, text.replaceAll(word, mask))
        : event;
    }
  };
}

type Path = readonly (string | number)[];

/** The longest end of a text with which the word may begin. */
function beginningOf(word: string, text: string): string {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (word.startsWith(end)) return end;
  }
  return "";
}

/** Where an event has whole output texts. */
function textPaths(event: ResponseEvent): Path[] {
  const { type, json } = event;
  if (type === "response.output_text.done") return [["text"]];
  if (type === "response.content_part.done") return [["part", "text"]];
  if (isItemDone(event)) return textsOfItem(json, ["item"]);
  if (!isTerminal(event)) return [];
  const output = valueAt(json, ["response", "output"]);
  return Array.isArray(output) ? output.flatMap((_, i) => textsOfItem(json, ["response", "output", i])) : [];
}

function textsOfItem(json: JsonObject | undefined, path: Path): Path[] {
  const item = valueAt(json, path) as JsonObject | undefined;
  const content = item?.["content"];
  if (itemType(item) !== "message" || !Array.isArray(content)) return [];
  return content.map((_, i) => [...path, "content", i, "text"]);
}

function valueAt(json: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    json,
  );
}
