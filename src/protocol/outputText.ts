import { asObject, isItemDone, isTerminal, withData, type JsonObject, type ResponseEvent } from "./event.js";
import { editJson } from "./jsonText.js";
import { responseOf } from "./usage.js";

/**
 * The event with the model's text in it changed: a delta, the text, part or message that is done, or the messages in a
 * terminal. Every other byte stays; thoughts, refusals, and tool calls with their arguments are not looked at.
 *
 * ```ts
 * map((event) => withOutputText(event, (text) => text.replaceAll("\u2014", "-")))
 * ```
 *
 * A client reads the same words several times: as deltas, and as whole texts. What is more than one character long may
 * be cut anywhere by the deltas, and takes an operator that remembers (`examples/redact-word`).
 *
 * @param change called for each text
 */
export function withOutputText(event: ResponseEvent, change: (text: string) => string): ResponseEvent {
  const edits = outputTexts(event).flatMap(({ path, text }) => {
    const changed = change(text);
    return changed === text ? [] : [{ path, raw: JSON.stringify(changed) }];
  });
  return withData(event, editJson(event.data, edits));
}

type Path = readonly (string | number)[];

interface OutputText {
  readonly path: Path;
  readonly text: string;
}

function outputTexts(event: ResponseEvent): OutputText[] {
  // Deltas of anything else need not be parsed.
  switch (event.type) {
    case "response.output_text.delta":
      return textAt(event.json, "delta", []);
    case "response.output_text.done":
      return textAt(event.json, "text", []);
    case "response.content_part.done":
      return textOfPart(event.json?.["part"], ["part"]);
  }
  if (isItemDone(event)) return textsOfItem(event.json?.["item"], ["item"]);
  if (!isTerminal(event)) return [];
  return asList(responseOf(event)?.["output"]).flatMap((item, i) =>
    textsOfItem(item, ["response", "output", i]),
  );
}

function textsOfItem(value: unknown, path: Path): OutputText[] {
  const item = asObject(value);
  if (item?.["type"] !== "message") return [];
  return asList(item["content"]).flatMap((part, i) => textOfPart(part, [...path, "content", i]));
}

function textOfPart(value: unknown, path: Path): OutputText[] {
  const part = asObject(value);
  return part?.["type"] === "output_text" ? textAt(part, "text", path) : [];
}

function textAt(holder: JsonObject | undefined, key: string, path: Path): OutputText[] {
  const text = holder?.[key];
  return typeof text === "string" ? [{ path: [...path, key], text }] : [];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
