import { parseJsonObject, type JsonObject } from "../../protocol/event.js";
import { memberText } from "../../protocol/jsonText.js";

/** A client's `response.create` frame. */
export interface CreateFrame {
  /** As it came. */
  readonly text: string;
  readonly json: JsonObject;
  /** The `stream_id`; `""` for frames without one. */
  readonly lane: string;
  readonly previous: string | undefined;
  /** `generate: false`: opens a conversation without asking anything. */
  readonly prewarm: boolean;
}

/** Reads a text frame. @returns `undefined` for everything but `response.create`, known or not */
export function readCreateFrame(text: string): CreateFrame | undefined {
  if (!text.includes("response.create")) return undefined;
  const json = parseJsonObject(text);
  if (json?.["type"] !== "response.create") return undefined;
  return {
    text,
    json,
    lane: stringOf(json["stream_id"]) ?? "",
    previous: stringOf(json["previous_response_id"]),
    prewarm: json["generate"] === false,
  };
}

/** The frame's own input items as text; a plain string becomes one user message. */
export function inputItemsText({ text, json }: CreateFrame): string {
  const { input } = json;
  if (typeof input === "string") {
    return JSON.stringify({ type: "message", role: "user", content: [{ type: "input_text", text: input }] });
  }
  return Array.isArray(input) && input.length > 0
    ? (memberText(text, "input")?.slice(1, -1).trim() ?? "")
    : "";
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
