import { itemText } from "./continuation.js";
import { isItemDone, isTerminal, parseJsonObject, type JsonObject, type ResponseEvent } from "./event.js";
import type { FoldOptions } from "./foldOptions.js";
import { itemOf } from "./items.js";
import { editJson, memberText, sliceJsonArray } from "./jsonText.js";

/** How a response ends that says so in its `status`; others (`queued`, `in_progress`) are not over. */
const TERMINALS: ReadonlyMap<unknown, string> = new Map([
  ["completed", "response.completed"],
  ["failed", "response.failed"],
  ["incomplete", "response.incomplete"],
  // The types of the `openai` package have it optional.
  [undefined, "response.completed"],
]);

/**
 * A response that came whole, as the events of a round: `response.created`, `added` and `done` for each item in the
 * order of its `output`, and one terminal that has the very text in it. There are no deltas.
 *
 * @param text the JSON that an upstream answers where it is not asked to stream
 * @returns `undefined` for what is no response, or one that is not over
 */
export function eventsOfResponse(text: string): ResponseEvent[] | undefined {
  const response = parseJsonObject(text);
  const terminal = TERMINALS.get(response?.["status"]);
  if (!response || !terminal || !isResponse(response)) return undefined;

  const events: ResponseEvent[] = [];
  const add = (type: string, name: string, value: unknown, raw: string, place: JsonObject = {}) => {
    const rest = { ...place, sequence_number: events.length };
    const data = `{"type":"${type}","${name}":${raw},${JSON.stringify(rest).slice(1)}`;
    // Parsed already.
    const event: ResponseEvent = { type, data, json: { type, [name]: value, ...rest } };
    events.push(event);
    return event;
  };

  const created = announced(response);
  add("response.created", "response", created, JSON.stringify(created));
  // An output that is no array has no elements.
  for (const [output_index, raw] of sliceJsonArray(text, ["output"]).entries()) {
    const item = (response["output"] as readonly unknown[])[output_index];
    add("response.output_item.added", "item", item, raw, { output_index });
    add("response.output_item.done", "item", item, raw, { output_index });
  }
  const done = events.filter(isItemDone);
  const trimmed = text.trim();
  ORIGINS.set(add(terminal, "response", response, trimmed), { text: trimmed, done });
  return events;
}

/**
 * The other way round: the text of the response that a terminal has, with the items that are done. Clients of a stream
 * take items from there too, and some backends list none in the terminal.
 *
 * @param done the `output_item.done` events so far
 * @returns the very text that {@link eventsOfResponse} was given where nobody has changed anything; `undefined` for an
 *   event that is no terminal of a response
 */
export function responseOfEvents(
  done: readonly ResponseEvent[],
  terminal: ResponseEvent,
): string | undefined {
  const origin = ORIGINS.get(terminal);
  if (origin && isSame(origin.done, done)) return origin.text;
  const text = isTerminal(terminal) ? memberText(terminal.data, "response") : undefined;
  if (text === undefined || done.length === 0) return text;
  const items = done.filter(itemOf).map(itemText);
  if (isSame(items, sliceJsonArray(text, ["output"]))) return text;
  return editJson(text, [{ path: ["output"], raw: `[${items.join(",")}]` }]);
}

/** What a terminal was made of: spares most responses from being taken apart only to be put together again. */
const ORIGINS = new WeakMap<
  ResponseEvent,
  { readonly text: string; readonly done: readonly ResponseEvent[] }
>();

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** What a fold may do whose client gets its response whole: nothing can go out before the end, nor be repeated. */
export function foldOfWhole(fold: FoldOptions): FoldOptions {
  return { ...fold, hold: "always", keepAliveSeconds: 0 };
}

/** Some gateways leave `object` out, others the output of a failure. */
function isResponse({ object, output }: JsonObject): boolean {
  return object === "response" || (object === undefined && Array.isArray(output));
}

/** What is known when a response begins. */
function announced({ id, object, created_at, model }: JsonObject): JsonObject {
  return { id, object, created_at, model, status: "in_progress", output: [] };
}
