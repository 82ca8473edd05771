import { asObject, type JsonObject } from "./event.js";
import { memberText } from "./jsonText.js";

/**
 * The input items of a body or a frame, as the text between the brackets; a plain string becomes one user message.
 *
 * @returns `""` where there are none
 */
export function inputItemsText(text: string): string {
  const input = memberText(text, "input");
  if (input?.startsWith("[")) return input.slice(1, -1).trim();
  if (!input?.startsWith('"')) return "";
  return JSON.stringify({
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: JSON.parse(input) as string }],
  });
}

/** True if any of the input's items has an `id`. @returns `undefined` where there are no items that could */
export function itemsHaveIds({ input }: JsonObject): boolean | undefined {
  if (!Array.isArray(input) || input.length === 0) return undefined;
  return input.some((item) => typeof asObject(item)?.["id"] === "string");
}
