import { asObject, parseJsonObject, type JsonObject } from "../../protocol/event.js";
import { printable } from "../../reports/printable.js";
import { encryptedContent, isHostedTool, isReasoning } from "../../protocol/items.js";

/** What a line of a session log can tell here. */
export type SessionRecord =
  | { readonly kind: "session"; readonly id: string; readonly forked: boolean }
  | {
      readonly kind: "turn";
      readonly id: string | undefined;
      /** Only in `turn_context`. */
      readonly context: { readonly model: string; readonly effort: string } | undefined;
    }
  | {
      readonly kind: "item";
      /** Its type and encrypted content, and nothing else of it. */
      readonly item: JsonObject;
    }
  | {
      readonly kind: "tokens";
      /** Milliseconds since 1970. */
      readonly time: number;
      readonly reasoning: number;
      /** The counts since the session's beginning, as text to compare; `undefined` where not told. */
      readonly total: string | undefined;
      /** Those of the last response. */
      readonly last: string;
    };

/**
 * Whether a line can be of interest, by its first bytes. Codex writes `type` before `payload`, and an event's own
 * `type` first in its payload (seen in 0.142 and 0.169).
 */
export function isOfInterest(head: string): boolean {
  const [, type, , event] = TYPES.exec(head) ?? [];
  if (type === "session_meta" || type === "turn_context") return true;
  return type === "event_msg" && EVENTS.has(event ?? "");
}

const TYPES = /"type"\s*:\s*"(\w+)"(\s*,\s*"payload"\s*:\s*\{\s*"type"\s*:\s*"(\w+)")?/;
/**
 * Whether a line is an item of a response that tells how much was thought: a reasoning item or a hosted tool's. Those
 * lines hold text too; who asks for them takes sizes only.
 */
export function isThinkingItem(head: string): boolean {
  const [, type, , item] = TYPES.exec(head) ?? [];
  return type === "response_item" && (isReasoning({ type: item }) || isHostedTool({ type: item }));
}

/** `turn_started` is what some versions call `task_started`. */
const EVENTS = new Set(["token_count", "task_started", "turn_started"]);

/**
 * Reads one line.
 *
 * @returns `undefined` for lines that tell nothing: torn ones, token counts without numbers, other types
 */
export function readRecord(line: string): SessionRecord | undefined {
  const record = parseJsonObject(line);
  const payload = asObject(record?.["payload"]);
  if (!record || !payload) return undefined;
  if (record["type"] === "session_meta") {
    return {
      kind: "session",
      id: text(payload["id"]) ?? "",
      forked: text(payload["forked_from_id"]) !== undefined,
    };
  }
  if (record["type"] === "turn_context") {
    const context = {
      model: text(payload["model"]) ?? "unknown",
      effort: text(payload["effort"]) ?? "default",
    };
    return { kind: "turn", id: text(payload["turn_id"]), context };
  }
  if (record["type"] === "response_item") {
    return { kind: "item", item: { type: payload["type"], encrypted_content: encryptedContent(payload) } };
  }
  if (payload["type"] !== "token_count")
    return { kind: "turn", id: text(payload["turn_id"]), context: undefined };
  return tokensOf(record, asObject(payload["info"]));
}

function tokensOf(record: JsonObject, info: JsonObject | undefined): SessionRecord | undefined {
  const last = asObject(info?.["last_token_usage"]);
  const total = asObject(info?.["total_token_usage"]);
  const reasoning = last?.["reasoning_output_tokens"];
  const time = Date.parse(text(record["timestamp"]) ?? "");
  if (!last || typeof reasoning !== "number" || Number.isNaN(time)) return undefined;
  return { kind: "tokens", time, reasoning, total: total && counts(total), last: counts(last) };
}

function counts(usage: JsonObject): string {
  return Object.values(usage).join(",");
}

/** Names and times, which end up on terminals and in tables: none is long. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? printable(value.slice(0, LONGEST_TEXT)) : undefined;
}

const LONGEST_TEXT = 200;
