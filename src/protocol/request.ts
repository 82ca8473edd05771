import { asObject, type JsonObject } from "./event.js";
import { InvalidRequest } from "./errors.js";
import { editJson, type JsonEdit } from "./jsonText.js";
import { itemType } from "./items.js";

const ENCRYPTED_REASONING = "reasoning.encrypted_content";

/** A client's request for one turn: what goes upstream as round 1, and what a continuation is built on. */
export interface TurnRequest {
  /** The body as the client wrote it. */
  readonly text: string;
  readonly json: JsonObject;
  /** `""` when the body names none. */
  readonly model: string;
  /**
   * The input before this request's own, as the text between the brackets: over WebSocket the client sends increments
   * behind a `previous_response_id`, and a continuation needs the whole input. Called at continuations only.
   */
  readonly earlierInput?: () => string;
  /**
   * Whether replayed items keep their ids, where more is known of the conversation than this request says. Default: as
   * its own input has them.
   */
  readonly itemIds?: boolean | undefined;
  /** The frame that continuations are built on, where the upstream takes no frame of `limit` bytes or more. */
  readonly frame?: { readonly bytes: number; readonly limit: number } | undefined;
  /** True when the conversation before this turn is not known here: then it cannot be continued. */
  readonly historyUnknown?: boolean;
  /** True when the client wants its response whole, as one JSON text: continuations are asked for as it asked. */
  readonly unstreamed?: boolean;
}

/**
 * Reads a request body.
 *
 * @throws {@link InvalidRequest} when it is not a JSON object
 */
export function readRequest(text: string): TurnRequest {
  const request = parseRequest(text);
  if (!request) throw new InvalidRequest("The request body must be a JSON object.");
  return request;
}

/**
 * Reads what may be a request body.
 *
 * @returns `undefined` for JSON that is no object
 * @throws {@link InvalidRequest} when it is not JSON
 */
export function parseRequest(text: string): TurnRequest | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InvalidRequest(`The request body is not valid JSON: ${syntaxProblem(error)}`);
  }
  const object = asObject(json);
  if (!object) return undefined;
  const model = object["model"];
  return { text, json: object, model: typeof model === "string" ? model : "" };
}

/** Newer engines quote the offending text in the message; a request's text has no place in logs or errors. */
function syntaxProblem(error: unknown): string {
  const position = /position (\d+)/.exec(String(error))?.[1];
  return position ? `syntax error at position ${position}.` : "it ends too early or has a syntax error.";
}

/** True if the request's last input item asks for compaction: exactly one `compaction` item must come back. */
export function endsWithCompactionTrigger({ json }: TurnRequest): boolean {
  const input = json["input"];
  return Array.isArray(input) && itemType(asObject(input.at(-1))) === "compaction_trigger";
}

/** True if the request names encrypted reasoning in its `include`. */
export function asksForEncryptedReasoning({ json }: TurnRequest): boolean {
  const include = json["include"];
  return Array.isArray(include) && include.includes(ENCRYPTED_REASONING);
}

/** The request's `reasoning.effort`. */
export function effortOf({ json }: Pick<TurnRequest, "json">): string | undefined {
  const effort = asObject(json["reasoning"])?.["effort"];
  return typeof effort === "string" ? effort : undefined;
}

/** True if the request sets `reasoning` options. */
export function hasReasoningOptions({ json }: TurnRequest): boolean {
  return asObject(json["reasoning"]) !== undefined;
}

/** The edit that adds encrypted reasoning to a body's `include`, if it is not there. */
export function includeEncryptedReasoning({ json }: { readonly json: JsonObject }): JsonEdit[] {
  const include = Array.isArray(json["include"]) ? (json["include"] as unknown[]) : [];
  if (include.includes(ENCRYPTED_REASONING)) return [];
  return [{ path: ["include"], raw: JSON.stringify([...include, ENCRYPTED_REASONING]) }];
}

/** The request with other body text, for example one with another `include`. */
export function withText(request: TurnRequest, edits: readonly JsonEdit[]): TurnRequest {
  return edits.length === 0 ? request : { ...request, ...readRequest(editJson(request.text, edits)) };
}
