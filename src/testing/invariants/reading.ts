import {
  asObject,
  isItemAdded,
  isItemDone,
  isLifecycle,
  isOrdered,
  isTerminal,
  type JsonObject,
  type ResponseEvent,
} from "../../protocol/event.js";
import { isReasoning, isHostedTool, itemOf, itemType } from "../../protocol/items.js";
import { editJson } from "../../protocol/jsonText.js";

/** What an event of a round is part of. */
export type Part =
  /** `response.created` and the like */
  | "announcement"
  /** reasoning and hosted tools */
  | "thinking"
  | "message"
  /** any other item: the client may act on it */
  | "action"
  /** events that belong to no response */
  | "outside"
  /** comments and what is no JSON */
  | "text"
  | "terminal"
  /** an event of the response that names no item */
  | "loose";

/** An event in its round. */
export interface Placed {
  /** 0 for round 1. */
  readonly round: number;
  readonly position: number;
  readonly event: ResponseEvent;
  readonly part: Part;
  /** Equal for the events of one item. */
  readonly item: string;
}

/** The events of a round up to its terminal, each told what it is part of. */
export function placed(events: readonly ResponseEvent[], round: number): Placed[] {
  const parts = new Map<string, Part>();
  for (const event of events) {
    if (isItem(event)) for (const name of namesOf(event)) parts.set(name, partOfItem(itemOf(event)));
  }
  const end = events.findIndex(isTerminal);
  return events.slice(0, end < 0 ? undefined : end + 1).map((event, position) => {
    const names = namesOf(event);
    const part = partOf(event) ?? names.map((name) => parts.get(name)).find(Boolean) ?? "loose";
    return { round, position, event, part, item: `${round}/${names[0] ?? position}` };
  });
}

function partOf(event: ResponseEvent): Part | undefined {
  if (isLifecycle(event)) return "announcement";
  if (isTerminal(event)) return "terminal";
  if (event.type === "") return "text";
  if (!isOrdered(event)) return "outside";
  return isItem(event) ? partOfItem(itemOf(event)) : undefined;
}

function partOfItem(item: JsonObject | undefined): Part {
  if (isReasoning(item) || isHostedTool(item)) return "thinking";
  return itemType(item) === "message" ? "message" : "action";
}

export function isItem(event: ResponseEvent): boolean {
  return isItemAdded(event) || isItemDone(event);
}

/** By which names an event's item is known: its place in the output, its id. */
export function namesOf({ json }: ResponseEvent): string[] {
  const index = json?.["output_index"];
  const id = json?.["item_id"] ?? asObject(json?.["item"])?.["id"];
  return [...(typeof index === "number" ? [`#${index}`] : []), ...(typeof id === "string" ? [id] : [])];
}

/** The event's text without its place: equal on both sides of a fold, whatever was counted anew. */
export function unnumbered(event: ResponseEvent): string {
  if (!event.json) return event.data;
  const edits = ["sequence_number", "output_index"]
    .filter((key) => event.json?.[key] !== undefined)
    .map((key) => ({ path: [key], raw: "0" }));
  return edits.length === 0 ? event.data : editJson(event.data, edits);
}

export function terminalOf(events: readonly ResponseEvent[]): ResponseEvent | undefined {
  return events.find(isTerminal);
}

export function isCompleted(events: readonly ResponseEvent[]): boolean {
  return terminalOf(events)?.type === "response.completed";
}

/** True if a whole answer is among the round's items: a call of the client's, or a message that is no commentary. */
export function hasAnswer(events: readonly ResponseEvent[]): boolean {
  return events.filter(isItemDone).some((event) => {
    const part = partOfItem(itemOf(event));
    return part === "action" || (part === "message" && itemOf(event)?.["phase"] !== "commentary");
  });
}

export function responseIn(event: ResponseEvent | undefined): JsonObject {
  return asObject(event?.json?.["response"]) ?? {};
}

/** How an event is called in a report: no content. */
export function nameOf(event: ResponseEvent): string {
  const type = itemType(itemOf(event));
  return `${event.type || "text"}${type && ` (${type})`}`;
}
