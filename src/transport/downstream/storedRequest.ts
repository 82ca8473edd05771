import { editJson, type JsonEdit } from "../../protocol/jsonText.js";
import { parseRequest, type TurnRequest } from "../../protocol/request.js";
import { jsonAgain } from "../jsonAgain.js";

/**
 * A request that waits for its response as bytes. Its text and its JSON take several times as much, and are wanted
 * again only where a round is continued: they are made when they are asked for, and not kept.
 */
export interface StoredRequest extends TurnRequest {
  /** The decoded body. */
  readonly bytes: Buffer;
}

/**
 * Reads what may be a request body.
 *
 * @returns `undefined` for JSON that is no object
 * @throws {InvalidRequest} when it is not JSON
 */
export function storedRequest(bytes: Buffer): StoredRequest | undefined {
  const parsed = parseRequest(bytes.toString());
  if (!parsed) return undefined;
  const json = jsonAgain(parsed.json, () => bytes.toString());
  return {
    bytes,
    model: parsed.model,
    unstreamed: parsed.json["stream"] !== true,
    get text() {
      return bytes.toString();
    },
    get json() {
      return json();
    },
  };
}

/** The request with another body; the same one where nothing is edited. */
export function edited(request: StoredRequest, edits: readonly JsonEdit[]): StoredRequest {
  if (edits.length === 0) return request;
  return storedRequest(Buffer.from(editJson(request.text, edits))) ?? request;
}
