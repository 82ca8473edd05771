import { asObject, parseJsonObject, type JsonObject, type ResponseEvent } from "../../protocol/event.js";
import { editJson, type JsonEdit } from "../../protocol/jsonText.js";
import type { ResponseAliases } from "../responseAliases.js";

/** A client's frame as the upstream understands it: it knows a fold by its last round. Other frames stay as they are. */
export function forUpstream(
  text: string,
  aliases: ResponseAliases,
  json: JsonObject | undefined = parseJsonObject(text),
): string {
  return renamed(text, json, [["previous_response_id"], ["response_id"]], aliases.resolve);
}

/** An event about steering as the client understands it: it knows a fold by its first round. */
export function forClient({ data, json }: ResponseEvent, aliases: ResponseAliases): string {
  return renamed(data, json, [["response_id"], ["steer", "previous_response_id"]], aliases.seenAs);
}

function renamed(
  text: string,
  json: JsonObject | undefined,
  paths: readonly (readonly string[])[],
  rename: (id: string) => string,
): string {
  const edits = paths.flatMap((path): JsonEdit[] => {
    const id = path.reduce<unknown>((value, key) => asObject(value)?.[key], json);
    if (typeof id !== "string" || rename(id) === id) return [];
    return [{ path, raw: JSON.stringify(rename(id)) }];
  });
  return edits.length === 0 ? text : editJson(text, edits);
}
