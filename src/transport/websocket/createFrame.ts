import { parseJsonObject, type JsonObject } from "../../protocol/event.js";
import { inputItemsText, itemsHaveIds } from "../../protocol/input.js";
import { editJson } from "../../protocol/jsonText.js";
import { jsonAgain } from "../jsonAgain.js";
import { extended, inputItems, type Conversation } from "./conversations.js";

/** A client's `response.create` frame. */
export interface CreateFrame {
  /** As it came. */
  readonly text: string;
  /** Read again where it is asked for late: see {@link jsonAgain}. */
  readonly json: JsonObject;
  /** `""` when it names none. */
  readonly model: string;
  /** The `stream_id`; `""` for frames without one. */
  readonly lane: string;
  readonly previous: string | undefined;
  /** `generate: false`: opens a conversation without asking anything. */
  readonly prewarm: boolean;
  /** Whether its items have ids; `undefined` where there are none that could. */
  readonly itemIds: boolean | undefined;
}

/** Reads a text frame. @returns `undefined` for everything but `response.create`, known or not */
export function readCreateFrame(text: string): CreateFrame | undefined {
  if (!text.includes("response.create")) return undefined;
  const json = parseJsonObject(text);
  if (json?.["type"] !== "response.create") return undefined;
  const again = jsonAgain(json, () => text);
  return {
    text,
    get json() {
      return again();
    },
    model: stringOf(json["model"]) ?? "",
    lane: stringOf(json["stream_id"]) ?? "",
    previous: stringOf(json["previous_response_id"]),
    prewarm: json["generate"] === false,
    itemIds: itemsHaveIds(json),
  };
}

/** The conversation with a frame's own items. */
export function asked(frame: CreateFrame, before: Conversation): Conversation {
  return { ...extended(before, [inputItemsText(frame.text)]), itemIds: itemIdsIn(frame, before) };
}

/** Whether the client's items have ids: decided once for a conversation, by the first of them. */
export function itemIdsIn(frame: CreateFrame, { itemIds }: Conversation): boolean | undefined {
  return itemIds ?? frame.itemIds;
}

/** The frame with its whole conversation as input: what stands on its own. */
export function wholeText(frame: CreateFrame, before: Conversation): string {
  return editJson(frame.text, [
    { path: ["previous_response_id"], raw: undefined },
    { path: ["input"], raw: `[${inputItems(asked(frame, before))}]` },
  ]);
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
