import type { JsonObject } from "../../protocol/event.js";
import { encryptedContent, itemType } from "../../protocol/items.js";
import { apiError, reply, type Reply } from "./answer.js";
import type { UpstreamRequest } from "./request.js";

/**
 * What the real backends refuse, in their own words (PROTOCOL facts, and messages quoted in public issues).
 * Every check returns the refusal, or `undefined`.
 */

/** Checks a request by itself, before its conversation is looked up. */
export function refuseRequest(request: UpstreamRequest): Reply | undefined {
  const { body, transport, backend } = request;
  if (Object.keys(body).length === 0) {
    return apiError(400, { message: "We could not parse the JSON body of your request." });
  }
  if (typeof body["model"] !== "string") {
    const param = "model";
    return apiError(400, { message: "Missing required parameter: 'model'.", param, code: missing });
  }
  return transport === "http" ? refusePost(body, backend) : refuseFrame(body);
}

const missing = "missing_required_parameter";

function refusePost(body: JsonObject, backend: string): Reply | undefined {
  const chatgpt = backend === "chatgpt";
  const unknown = ["generate", "stream_id", "type"].concat(chatgpt ? "previous_response_id" : []);
  const param = unknown.find((name) => body[name] !== undefined && body[name] !== null);
  if (param && chatgpt) return reply(400, { detail: `Unsupported parameter: ${param}` });
  if (param) {
    return apiError(400, { message: `Unknown parameter: '${param}'.`, param, code: "unknown_parameter" });
  }
  if (chatgpt && body["store"] !== false) return reply(400, { detail: "Store must be set to false" });
  if (chatgpt && body["stream"] !== true) return reply(400, { detail: "Stream must be set to true" });
  return undefined;
}

function refuseFrame(body: JsonObject): Reply | undefined {
  if (body["background"] !== true) return undefined;
  const message = "Background mode is not supported over WebSocket.";
  return apiError(400, { message, param: "background" });
}

/** The refusal of a `previous_response_id` that cannot be continued from. */
export function refusePrevious(id: string): Reply {
  const message = `Previous response with id '${id}' not found.`;
  return apiError(400, { message, param: "previous_response_id", code: "previous_response_not_found" });
}

/**
 * Checks encrypted content that the request brings.
 *
 * @param opens whether a token was issued to this account, and is whole
 */
export function refuseEncrypted(
  input: readonly JsonObject[],
  opens: (content: string) => boolean,
): Reply | undefined {
  const foreign = input.map(encryptedContent).find((content) => content !== undefined && !opens(content));
  if (foreign === undefined) return undefined;
  const shown = `${foreign.slice(0, 4)}...${foreign.slice(-4)}`;
  const message =
    `The encrypted content ${shown} could not be verified. ` +
    "Reason: Encrypted content could not be decrypted or parsed.";
  return apiError(400, { message, code: "invalid_encrypted_content" });
}

/** Checks that every tool output follows its call, and every call has its output. */
export function refuseToolPairs(history: readonly JsonObject[]): Reply | undefined {
  const open = new Map<string, string>();
  const answered = new Set<string>();
  for (const item of history) {
    const type = itemType(item);
    const id = item["call_id"];
    if (typeof id !== "string") continue;
    if (type.endsWith("_call")) open.set(id, type);
    if (!type.endsWith("_output") || answered.has(id)) continue;
    if (!answers(type, open.get(id))) return orphan(`No tool call found for ${spoken(type)}`, id);
    open.delete(id);
    answered.add(id);
  }
  const [unanswered] = open;
  if (!unanswered) return undefined;
  const [id, type] = unanswered;
  const message = `No tool output found for ${spoken(type)} ${id}.`;
  return apiError(400, { message, param: "input" });
}

/** `x_call_output` and `x_output` answer an `x_call`; a `local_shell_call` gets a `function_call_output`. */
function answers(output: string, call: string | undefined): boolean {
  const tool = output.replace(/(_call)?_output$/, "");
  return call === `${tool}_call` || (call === "local_shell_call" && tool === "function");
}

function orphan(what: string, id: string): Reply {
  return apiError(400, { message: `${what} with call_id ${id}.`, param: "input" });
}

const spoken = (type: string): string => type.replaceAll("_", " ");
